/** A figure of a period against the period before: the change in words, and both lines. */

import { type Field, fieldsOf, type Panel, type Result, toNumber } from './panel.ts';
import { MISSING, type Writer } from './writer.ts';

export interface Trend {
  readonly direction: 'up' | 'down' | 'same' | 'unknown';
  /** The change in words, such as "12.5% more". */
  readonly change: string;
  /** What it is compared with, such as "320 from Jul 1, 2023 to Jul 15, 2023". */
  readonly against: string;
  /** The points of both periods. */
  readonly current: readonly (number | null)[];
  readonly previous: readonly (number | null)[];
}

const DATE = { style: 'date', decimals: null, unit: null, currency: null } as const;
const SHARE = { style: 'percent', decimals: 1, unit: null, currency: null } as const;

export function trendOf(panel: Panel, result: Result, writer: Writer): Trend | null {
  const comparison = result.comparison;
  const figure = fieldsOf(panel, result).at(-1);
  if (!comparison || !figure) return null;
  const { start, end } = comparison.previous_period;
  const day = (text: string) =>
    writer.exact(text, {
      type: text.includes('T') ? 'timestamp' : 'date',
      bucket: null,
      format: DATE,
    });
  const span = start === end ? `on ${day(start)}` : `from ${day(start)} to ${day(end)}`;
  return {
    ...changeOf(comparison.change ?? null, writer),
    against: `${writer.exact(comparison.previous, figure)} ${span}`,
    current: points(result.rows, figure),
    previous: points(comparison.previous_rows, figure),
  };
}

function changeOf(change: number | null, writer: Writer): Pick<Trend, 'direction' | 'change'> {
  if (change === null) return { direction: 'unknown', change: MISSING };
  if (change === 0) return { direction: 'same', change: 'No change' };
  const share = writer.exact(Math.abs(change), { type: 'float', bucket: null, format: SHARE });
  return change > 0
    ? { direction: 'up', change: `${share} more` }
    : { direction: 'down', change: `${share} less` };
}

function points(rows: Result['rows'], figure: Field): (number | null)[] {
  return rows.map((row) => toNumber(row[figure.index]));
}

/** A line through the points as SVG draws it, `width` by `height`; gaps are bridged. */
export function lineThrough(
  points: readonly (number | null)[],
  bounds: readonly [least: number, most: number],
  width: number,
  height: number,
): string {
  const [least, most] = bounds;
  const step = points.length > 1 ? width / (points.length - 1) : 0;
  const reach = most - least || 1;
  return points
    .flatMap((value, at) =>
      value === null
        ? []
        : [`${round(at * step)},${round(height - ((value - least) / reach) * height)}`],
    )
    .join(' ');
}

/** From zero, unless figures are below it, to the greatest of both lines. */
export function boundsOf({ current, previous }: Trend): [number, number] {
  const known = [...current, ...previous].filter((value) => value !== null);
  return [Math.min(0, ...known), Math.max(0, ...known)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
