/** Value axes: where they begin and end, and how wide texts are. */

export interface Scale {
  readonly min: number;
  readonly max: number;
  /** The distance between two grid lines. */
  readonly interval: number;
}

/** A lowest value above this part of the highest lets a line's axis begin elsewhere than at zero. */
const FAR_FROM_ZERO = 0.75;

/** A scale of round numbers around `values` with about `count` intervals, whole ones if `isWhole`. */
export function niceScale(
  values: readonly number[],
  count: number,
  fromZero: boolean,
  isWhole = false,
): Scale {
  let min = Math.min(...values, Number.POSITIVE_INFINITY);
  let max = Math.max(...values, Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(min) || !Number.isFinite(max)) return { min: 0, max: 1, interval: 0.5 };
  const isFar = min > 0 ? min > FAR_FROM_ZERO * max : max < FAR_FROM_ZERO * min;
  if (fromZero || !isFar || min === max) {
    min = Math.min(min, 0);
    max = Math.max(max, 0);
  }
  if (min === max) max = min + 1;
  const interval = niceInterval(Math.max((max - min) / Math.max(count, 1), isWhole ? 1 : 0));
  return {
    min: tidy(Math.floor(min / interval + 1e-9) * interval),
    max: tidy(Math.ceil(max / interval - 1e-9) * interval),
    interval,
  };
}

/** The values at the grid lines. */
export function gridValues({ min, max, interval }: Scale): number[] {
  const count = Math.round((max - min) / interval);
  return Array.from({ length: count + 1 }, (_, index) => tidy(min + index * interval));
}

/** The next of 1, 2, 2.5, 5 times a power of ten. */
function niceInterval(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough * (1 - 1e-9)) ?? 10;
  return tidy(step * power);
}

/** Without the dust of binary fractions: 0.30000000000000004 is 0.3. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/**
 * About how many pixels a text takes at 12 pixels of a system font. An estimate on the safe side:
 * the same in every browser and on a server, so that a chart is laid out alike everywhere.
 */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[\u1100-\uffdc]|\p{Extended_Pictographic}/u.test(letter)) width += 12.5;
    else if (/[MW@%mw]/.test(letter)) width += 11;
    else if (/[iljtfr.,:;'|! ]/.test(letter)) width += 4.6;
    else if (/[A-Z]/.test(letter)) width += 9.2;
    else width += 7.6;
  }
  return Math.ceil(width);
}

/** As much of the text as fits into `room` pixels, with an ellipsis where it was cut. */
export function shortened(text: string, room: number): string {
  if (textWidth(text) <= room) return text;
  const letters = [...text];
  while (letters.length > 1 && textWidth(`${letters.join('')}…`) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/**
 * Moves labels apart that would stand on each other, as little as possible, inside
 * `[top, bottom]`; answers the new centres in the order given.
 */
export function spread(
  centres: readonly number[],
  height: number,
  top: number,
  bottom: number,
): number[] {
  const order = centres.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
  let floor = top + height / 2;
  for (const label of order) {
    label.at = Math.max(label.at, floor);
    floor = label.at + height;
  }
  let ceiling = bottom - height / 2;
  for (const label of [...order].reverse()) {
    label.at = Math.min(label.at, ceiling);
    ceiling = label.at - height;
  }
  const moved = [...centres];
  for (const { at, index } of order) moved[index] = at;
  return moved;
}
