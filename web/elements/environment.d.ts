/** Style sheets that pages import for their side effect; the build makes files of them. */
declare module '*.css';

/** The chart engine's file name under `assets/`, put in by the build. */
declare const __CHART_ENGINE__: string;
