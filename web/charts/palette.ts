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
