/**
 * Time axes. All times here are wall times: milliseconds whose UTC reading is what a clock on the
 * wall shows, so that days and months begin where a viewer expects them.
 */

import type { Bucket } from './panel.ts';

/** The unit of the labels under a time axis. */
export type TickUnit = 'year' | 'month' | 'day' | 'hour';

export interface Tick {
  readonly at: number;
  readonly unit: TickUnit;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The first moment of an ISO date, or null when the text is none. */
export function parseDate(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (!match) return null;
  const at = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  return isoDate(at) === match[0] ? at : null;
}

/** `2013-01-07` for a wall time. */
export function isoDate(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}

/** The start of the bucket after the one that starts at `at`. */
export function nextBucket(at: number, bucket: Bucket): number {
  switch (bucket) {
    case 'hour':
      return at + HOUR;
    case 'day':
      return at + DAY;
    case 'week':
      return at + 7 * DAY;
    case 'month':
      return addMonths(at, 1);
    case 'quarter':
      return addMonths(at, 3);
    case 'year':
      return addMonths(at, 12);
  }
}

/** The same day and time some months on; the last day of the month where that day is missing. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime();
}

/** More missing buckets than this are not filled in: a chart cannot show them. */
const MOST_BUCKETS = 5_000;

/** Every bucket from the first to the last of `starts`, missing ones filled in; sorted. */
export function everyBucket(starts: readonly number[], bucket: Bucket | null): number[] {
  const present = [...new Set(starts)].sort((a, b) => a - b);
  const first = present[0];
  const last = present.at(-1);
  if (bucket === null || first === undefined || last === undefined) return present;
  const all = new Set(present);
  let at = first;
  for (let count = 0; at <= last; at = nextBucket(at, bucket), count++) {
    if (count > MOST_BUCKETS) return present;
    all.add(at);
  }
  return [...all].sort((a, b) => a - b);
}

interface Step {
  readonly unit: TickUnit;
  readonly count: number;
  /** About how long the step is, in ms. */
  readonly length: number;
}

const STEPS: readonly Step[] = [
  ...[1, 3, 6, 12].map((count) => step('hour', count, HOUR)),
  ...[1, 2, 7, 14].map((count) => step('day', count, DAY)),
  ...[1, 3, 6].map((count) => step('month', count, 30.4 * DAY)),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => step('year', count, 365.25 * DAY)),
];

const SMALLEST: Record<Bucket, number> = {
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30.4 * DAY,
  quarter: 91.2 * DAY,
  year: 365.25 * DAY,
};

function step(unit: TickUnit, count: number, each: number): Step {
  return { unit, count, length: count * each };
}

/** At most `most` labelled moments between two wall times, none finer than the data's bucket. */
export function timeTicks(
  from: number,
  to: number,
  bucket: Bucket | null,
  most: number,
): readonly Tick[] {
  const smallest = Math.max((to - from) / Math.max(most, 1), bucket ? SMALLEST[bucket] : 0);
  const chosen = STEPS.find(({ length }) => length >= smallest * 0.99) ?? STEPS.at(-1);
  if (!chosen) return [];
  const ticks: Tick[] = [];
  for (let at = floorTo(from, chosen); at <= to; at = advance(at, chosen)) {
    if (at >= from) ticks.push({ at, unit: chosen.unit });
  }
  return ticks.length > 0 ? ticks : [{ at: from, unit: chosen.unit }];
}

function floorTo(at: number, { unit, count }: Step): number {
  const date = new Date(at);
  const year = date.getUTCFullYear();
  switch (unit) {
    case 'hour':
      return Math.floor(at / (count * HOUR)) * count * HOUR;
    case 'day':
      // Sevens begin on Mondays, as ISO weeks do; 1970-01-05 was one.
      return Math.floor((at - 4 * DAY) / (count * DAY)) * count * DAY + 4 * DAY;
    case 'month':
      return Date.UTC(year, Math.floor(date.getUTCMonth() / count) * count);
    case 'year':
      return Date.UTC(Math.floor(year / count) * count, 0);
  }
}

function advance(at: number, { unit, count }: Step): number {
  switch (unit) {
    case 'hour':
      return at + count * HOUR;
    case 'day':
      return at + count * DAY;
    case 'month':
      return addMonths(at, count);
    case 'year':
      return addMonths(at, 12 * count);
  }
}
