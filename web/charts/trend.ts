/** A figure of a period against the period before: the change in words, and both lines. */

import { figureText } from './figure.ts';
import { type Cell, type Field, fieldsOf, type Panel, type Result, toNumber } from './panel.ts';
import { isoDate } from './time.ts';
import type { Writer } from './writer.ts';

type Direction = 'up' | 'down' | 'same' | 'unknown';

export interface Trend {
  readonly direction: Direction;
  /** Whether the change is good news; the author knows. */
  readonly tone: 'good' | 'bad' | 'neutral';
  /** A triangle that points where the figure went; empty when it went nowhere. */
  readonly sign: string;
  /** The change in words, such as "12.5% more". */
  readonly change: string;
  /** What it is compared with, such as "against 320 from Jul 1 to Jul 15, 2023". */
  readonly against: string;
  /** The points of both periods. */
  readonly current: readonly (number | null)[];
  readonly previous: readonly (number | null)[];
}

const SHARE = {
  type: 'float',
  bucket: null,
  format: { style: 'percent', decimals: 1, unit: null, currency: null },
} as const;

export function trendOf(panel: Panel, result: Result, writer: Writer): Trend | null {
  const comparison = result.comparison;
  const figure = fieldsOf(panel, result).at(-1);
  if (!comparison || !figure) return null;
  const { previous, previous_period: period } = comparison;
  const change = changeOf(comparison, writer);
  return {
    ...change,
    tone: toneOf(change.direction, panel.better),
    against: `${beforeOf(previous, figure, writer)} ${spanOf(period, writer)}`,
    current: points(result.rows, figure),
    previous: points(comparison.previous_rows, figure),
  };
}

function beforeOf(previous: Cell, figure: Field, writer: Writer): string {
  return previous === null ? 'no figure' : `against ${figureText(previous, figure, writer)}`;
}

type Comparison = NonNullable<Result['comparison']>;
type Change = Pick<Trend, 'direction' | 'sign' | 'change'>;

/** No share can be told of a figure before that was zero, only that there is more or less. */
function changeOf({ change, current, previous }: Comparison, writer: Writer): Change {
  const [now, before] = [toNumber(current), toNumber(previous)];
  if (now === null || before === null) {
    return { direction: 'unknown', sign: '', change: 'Nothing to compare' };
  }
  if (now === before) return { direction: 'same', sign: '', change: 'No change' };
  const share = change === null ? '' : `${writer.exact(Math.abs(change), SHARE)} `;
  return now > before
    ? { direction: 'up', sign: '▲', change: share === '' ? 'More' : `${share}more` }
    : { direction: 'down', sign: '▼', change: share === '' ? 'Less' : `${share}less` };
}

function toneOf(direction: Direction, better: Panel['better']): Trend['tone'] {
  if (better === 'neither' || (direction !== 'up' && direction !== 'down')) return 'neutral';
  return (direction === 'up') === (better !== 'lower') ? 'good' : 'bad';
}

/** The days of a period; a year that both ends share is told once. */
function spanOf({ start, end }: Comparison['previous_period'], writer: Writer): string {
  const [first, last] = [dayOf(start, writer), dayOf(end, writer)];
  if (first === null || last === null) return `from ${start} to ${end}`;
  if (isoDate(first) === isoDate(last)) return `on ${writer.period(last, null)}`;
  const isSameYear = isoDate(first).slice(0, 4) === isoDate(last).slice(0, 4);
  const opening = isSameYear ? writer.tick(first, 'day') : writer.period(first, null);
  return `from ${opening} to ${writer.period(last, null)}`;
}

/** The wall time of a date or a timestamp. */
function dayOf(text: string, writer: Writer): number | null {
  return writer.wall(text, { type: text.includes('T') ? 'timestamp' : 'date' });
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
