/** One month as a calendar shows it, and where the arrow keys lead. Pure. */

import { addMonths, isoDate, parseDate } from '../charts/time.ts';

const DAY = 86_400_000;

/** Six or fewer weeks of seven days from Monday on; days of other months are null. */
export function monthGrid(month: string): (string | null)[][] {
  const first = firstOfMonth(month);
  const days = (addMonths(first, 1) - first) / DAY;
  const lead = (new Date(first).getUTCDay() + 6) % 7;
  const cells: (string | null)[] = Array.from({ length: lead }, () => null);
  for (let day = 0; day < days; day++) cells.push(isoDate(first + day * DAY));
  while (cells.length % 7 !== 0) cells.push(null);
  return Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7));
}

/** The day a key leads to from `day`, as the pattern for date grids has it; null for other keys. */
export function dayAfterKey(day: string, key: string, withShift: boolean): string | null {
  const at = parseDate(day);
  if (at === null) return null;
  const weekday = (new Date(at).getUTCDay() + 6) % 7;
  switch (key) {
    case 'ArrowLeft':
      return isoDate(at - DAY);
    case 'ArrowRight':
      return isoDate(at + DAY);
    case 'ArrowUp':
      return isoDate(at - 7 * DAY);
    case 'ArrowDown':
      return isoDate(at + 7 * DAY);
    case 'Home':
      return isoDate(at - weekday * DAY);
    case 'End':
      return isoDate(at + (6 - weekday) * DAY);
    case 'PageUp':
      return isoDate(addMonths(at, withShift ? -12 : -1));
    case 'PageDown':
      return isoDate(addMonths(at, withShift ? 12 : 1));
    default:
      return null;
  }
}

/** The first day of the month some months on. */
export function monthAfter(month: string, months: number): string {
  return isoDate(addMonths(firstOfMonth(month), months));
}

/** The first day of the month that `day` is in. */
export function monthOf(day: string): string {
  return isoDate(firstOfMonth(day));
}

function firstOfMonth(day: string): number {
  const date = new Date(parseDate(day) ?? 0);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}
