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
  '#d77e10',
  '#04572e',
  '#6e33ae',
  '#8f6d17',
  '#923965',
  '#389dcf',
  '#998b89',
];

/** The same eight on a dark background. */
export const DARK_SERIES: readonly string[] = [
  '#5b9bff',
  '#f2ae56',
  '#318c77',
  '#8964c4',
  '#b26511',
  '#d978b6',
  '#02cff9',
  '#bab8b5',
];

/** The colours around a chart as well: what a dashboard looks like unless a page sets its own. */
export interface Colors extends Omit<ChartTheme, 'font'> {
  readonly border: string;
  readonly accent: string;
  /** Of figures that went up, and down. */
  readonly good: string;
  readonly danger: string;
}

export const LIGHT: Colors = {
  series: LIGHT_SERIES,
  rest: '#8d95a3',
  text: '#171a21',
  quiet: '#596170',
  grid: '#eaecf0',
  border: '#e3e6eb',
  accent: '#1f5fc7',
  good: '#1a6b3c',
  danger: '#b3261e',
  surface: '#ffffff',
};

export const DARK: Colors = {
  series: DARK_SERIES,
  rest: '#6b7483',
  text: '#e9ebf0',
  quiet: '#9ca5b4',
  grid: '#262b34',
  border: '#2a2f39',
  accent: '#79a9ff',
  good: '#6fd197',
  danger: '#ff9b92',
  surface: '#15181e',
};
