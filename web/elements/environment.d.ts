/** Style sheets that pages import for their side effect; the build makes files of them. */
declare module '*.css';

/** File names under `assets/`, put in by the build. */
declare const __CHUNKS__: { readonly chart: string; readonly calendar: string };
