/** The value of a date range, its presets and its words. Pure; days are `YYYY-MM-DD`. */

import { addMonths, isoDate, parseDate } from '../charts/time.ts';
import type { Json } from '../client/definition.ts';

/** Either end may be open. */
export interface DateRange {
  readonly start: string | null;
  readonly end: string | null;
}

export const WHOLE_TIME: DateRange = { start: null, end: null };

/** Reads `{"startDate", "endDate"}`; timestamps count as the day they name. */
export function readRange(value: Json | undefined): DateRange {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return WHOLE_TIME;
  return { start: day(value.startDate), end: day(value.endDate) };
}

/** The variable's value; null when both ends are open. */
export function rangeValue({ start, end }: DateRange): Json {
  if (start === null && end === null) return null;
  return { ...(start && { startDate: start }), ...(end && { endDate: end }) };
}

/** The two days in order, whichever was chosen first. */
export function ordered(a: string, b: string): DateRange {
  return a <= b ? { start: a, end: b } : { start: b, end: a };
}

export interface Preset {
  readonly label: string;
  readonly range: DateRange;
}

/** Ranges that end at or contain `anchor`, the last day there is data for, or today. */
export function presets(anchor: string): readonly Preset[] {
  const at = parseDate(anchor) ?? 0;
  const date = new Date(at);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const quarter = Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3);
  const year = Date.UTC(date.getUTCFullYear(), 0);
  return [
    { label: 'Last 7 days', range: span(shift(at, -6), at) },
    { label: 'Last 30 days', range: span(shift(at, -29), at) },
    { label: 'This month', range: span(month, shift(addMonths(month, 1), -1)) },
    { label: 'Last month', range: span(addMonths(month, -1), shift(month, -1)) },
    { label: 'This quarter', range: span(quarter, shift(addMonths(quarter, 3), -1)) },
    { label: 'This year', range: span(year, shift(addMonths(year, 12), -1)) },
  ];
}

/** How a range reads on its button. */
export function describeRange(
  { start, end }: DateRange,
  locale: string | undefined,
  placeholder: string,
): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });
  const from = start === null ? null : parseDate(start);
  const to = end === null ? null : parseDate(end);
  if (from !== null && to !== null) return format.formatRange(from, to);
  if (from !== null) return `From ${format.format(from)}`;
  if (to !== null) return `Until ${format.format(to)}`;
  return placeholder;
}

function day(value: Json | undefined): string | null {
  const at = typeof value === 'string' ? parseDate(value) : null;
  return at === null ? null : isoDate(at);
}

function span(from: number, to: number): DateRange {
  return { start: isoDate(from), end: isoDate(to) };
}

function shift(at: number, days: number): number {
  return at + days * 86_400_000;
}
