/**
 * The colours of charts. `palette.test.ts` holds them to account: each stands out from its
 * background, and neighbours stay apart for people who see colours differently.
 */

export interface ChartTheme {
  /** Colours of series, in order. */
  readonly series: readonly string[];
  /** Series beyond the palette. */
  readonly rest: string;
  readonly text: string;
  readonly quiet: string;
  readonly grid: string;
  readonly surface: string;
  readonly font: string;
}

/** Eight categories on a light background. */
export const LIGHT_SERIES: readonly string[] = [
  '#2a6fdb',
  '#d9622b',
  '#128a72',
  '#8a4fbf',
  '#a87a00',
  '#d0447f',
  '#4a9cc7',
  '#6b7280',
];

/** The same eight on a dark background. */
export const DARK_SERIES: readonly string[] = [
  '#5b9bff',
  '#f08a54',
  '#2fb89a',
  '#b184e6',
  '#d3a52e',
  '#f07aa8',
  '#7cc4e8',
  '#9aa2b1',
];

/** The colours around a chart as well: what a dashboard looks like unless a page sets its own. */
export interface Colors extends Omit<ChartTheme, 'font'> {
  readonly border: string;
}

export const LIGHT: Colors = {
  series: LIGHT_SERIES,
  rest: '#b4bac4',
  text: '#171a21',
  quiet: '#596170',
  grid: '#eaecf0',
  border: '#e3e6eb',
  surface: '#ffffff',
};

export const DARK: Colors = {
  series: DARK_SERIES,
  rest: '#4d5563',
  text: '#e9ebf0',
  quiet: '#9ca5b4',
  grid: '#262b34',
  border: '#2a2f39',
  surface: '#15181e',
};
