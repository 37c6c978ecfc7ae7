/**
 * How values are written for people.
 *
 * What is written is decided here; the letters come from a [Printer], which is `Intl` in browsers
 * and a plain one where there is no `Intl`.
 */

import type { Bucket, Cell, Field, Format } from './panel.ts';
import { isNumeric, isTemporal, toNumber } from './panel.ts';
import { parseDate, type TickUnit } from './time.ts';

/** What stands for a missing value. */
export const MISSING = '–';

export interface Writer {
  /** The whole value: "58,665", "12.1 min", "Jan 7, 2013". */
  exact(cell: Cell, field: Described, digits?: number): string;
  /** A number where room is scarce, without its unit: "58.7K". */
  short(value: number, field: Described): string;
  /** A value beside a grid line, written like its neighbours up to `largest`: "7.5K" below "10K". */
  axis(value: number, field: Described, largest: number): string;
  /** A bucket by its first moment (wall time in ms): "January 2013". */
  period(wall: number, bucket: Bucket | null): string;
  /** A label under a time axis. */
  tick(wall: number, unit: TickUnit): string;
  /** Milliseconds whose UTC reading is what a clock on the wall shows, for a date or timestamp. */
  wall(cell: Cell, field: Pick<Field, 'type'>): number | null;
}

/** The part of a field that says how its values are written. */
export type Described = Pick<Field, 'type' | 'format' | 'bucket'>;

/** Numbers below this are written in full even where room is scarce. */
const SHORTEN_FROM = 10_000;
/** From here on there are no words for thousands of what was before. */
const POWERS_FROM = 1e15;

/** Spells numbers and times; the options mean what they mean to `Intl`. */
export interface Printer {
  /** A text of digits is written without losing any. */
  number(value: number | string, options: NumberOptions): string;
  /** A wall time in ms. */
  date(wall: number, options: DateOptions): string;
  /** The wall time of an instant, both in ms, in the zone in force. */
  wallClock(instant: number): number;
}

/** What is asked of numbers. A negative zero is written without its sign. */
export type NumberOptions = Pick<
  Intl.NumberFormatOptions,
  | 'style'
  | 'currency'
  | 'notation'
  | 'minimumFractionDigits'
  | 'maximumFractionDigits'
  | 'maximumSignificantDigits'
>;

/** The parts of a date to write: days as numbers, months by their short names, hours to 23. */
export type DateOptions = Pick<
  Intl.DateTimeFormatOptions,
  'year' | 'month' | 'day' | 'hour' | 'minute' | 'hourCycle'
>;

/** Writes for a BCP 47 locale; timestamps are read in `timeZone` (an IANA name). */
export function intlWriter(locale: string, timeZone: string): Writer {
  return writerOf(intlPrinter(locale, timeZone));
}

function intlPrinter(locale: string, timeZone: string): Printer {
  const language = supported(locale);
  const numbers = memo((key) => new Intl.NumberFormat(language, JSON.parse(key)));
  const dates = memo(
    (key) => new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...JSON.parse(key) }),
  );
  return {
    number: (value, options) =>
      numbers(JSON.stringify({ signDisplay: 'negative', ...options })).format(value as number),
    date: (wall, options) => dates(JSON.stringify(options)).format(wall),
    wallClock: wallClockIn(timeZone),
  };
}

export function writerOf({ number, date, wallClock }: Printer): Writer {
  const wall: Writer['wall'] = (cell, field) => {
    if (typeof cell !== 'string') return null;
    if (field.type === 'date') return parseDate(cell);
    const instant = Date.parse(cell);
    return Number.isNaN(instant) ? null : wallClock(instant);
  };
  const period: Writer['period'] = (at, bucket) => {
    const quarter = Math.floor(new Date(at).getUTCMonth() / 3) + 1;
    switch (bucket) {
      case 'year':
        return date(at, { year: 'numeric' });
      case 'quarter':
        return `Q${quarter} ${date(at, { year: 'numeric' })}`;
      case 'month':
        return date(at, { year: 'numeric', month: 'short' });
      case 'week':
        return `Week of ${date(at, DAY)}`;
      case 'hour':
        return date(at, MINUTE);
      default:
        return date(at, DAY);
    }
  };
  const moment = (cell: Cell, field: Described): string => {
    const at = wall(cell, field);
    if (at === null) return String(cell);
    if (field.bucket !== null) return period(at, field.bucket);
    const withTime = field.type === 'timestamp' && field.format.style !== 'date';
    return date(at, withTime || field.format.style === 'date_time' ? MINUTE : DAY);
  };

  return {
    wall,
    period,
    exact(cell, field, digits) {
      if (cell === null || cell === undefined || cell === '') return MISSING;
      if (typeof cell === 'boolean') return cell ? 'Yes' : 'No';
      if (isTemporal(field) && field.format.style !== 'text') return moment(cell, field);
      if (!isNumeric(field) || toNumber(cell) === null) return String(cell);
      const text = number(scaled(cell, field.format), exactOptions(cell, field, digits));
      return withUnit(text, field.format);
    },
    short(value, field) {
      const share = field.format.style === 'percent' ? value * 100 : value;
      if (field.format.style === 'percent') {
        return `${number(share, { maximumFractionDigits: Math.abs(share) < 10 ? 1 : 0 })}%`;
      }
      if (Math.abs(share) >= POWERS_FROM) return power(share, number);
      const small = Math.abs(share) < SHORTEN_FROM;
      return number(share, {
        ...currencyOptions(field.format),
        ...(small
          ? { minimumFractionDigits: 0, maximumFractionDigits: Math.abs(share) < 1 ? 2 : 1 }
          : { notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }),
      });
    },
    axis(value, field, largest) {
      if (field.format.style === 'percent') {
        return `${number(value * 100, { maximumFractionDigits: 2 })}%`;
      }
      if (Math.abs(value) >= POWERS_FROM) return power(value, number);
      if (largest < 1 && value !== 0) return number(value, { maximumSignificantDigits: 3 });
      return number(value, {
        ...currencyOptions(field.format),
        minimumFractionDigits: 0,
        maximumFractionDigits: 3,
        ...(largest >= SHORTEN_FROM && { notation: 'compact' }),
      });
    },
    tick(at, unit) {
      switch (unit) {
        case 'year':
          return date(at, { year: 'numeric' });
        case 'month':
          return date(at, { month: 'short' });
        case 'day':
          return date(at, { month: 'short', day: 'numeric' });
        default:
          return date(at, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
      }
    },
  };
}

/** `9.01×10¹⁸`. */
function power(value: number, number: Printer['number']): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
  const raised = [...String(exponent)].map((digit) => RAISED[Number(digit)]).join('');
  return `${number(value / 10 ** exponent, { maximumFractionDigits: 2 })}×10${raised}`;
}

const RAISED = [...'⁰¹²³⁴⁵⁶⁷⁸⁹'];

const DAY: DateOptions = { year: 'numeric', month: 'short', day: 'numeric' };
const MINUTE: DateOptions = {
  ...DAY,
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
};

/**
 * Digits after the decimal point that a column of numbers needs, so that its points line up.
 * Undefined where each number says it for itself: two digits would make a zero of tiny ones.
 */
export function columnDigits(cells: readonly Cell[], format: Format): number | undefined {
  if (format.decimals !== null || format.style === 'percent' || format.style === 'currency') {
    return undefined;
  }
  const isTiny = (number: number | null) =>
    number !== null && number !== 0 && Math.abs(number) < 0.005;
  if (cells.map(toNumber).some(isTiny)) return undefined;
  const needed = cells.map((cell) => {
    const number = toNumber(cell);
    if (number === null || Number.isInteger(number)) return 0;
    return Number.isInteger(Math.round(number * 100) / 10) ? 1 : 2;
  });
  return Math.max(0, ...needed);
}

function exactOptions(cell: Cell, field: Described, digits: number | undefined): NumberOptions {
  const { format } = field;
  const fixed = format.decimals ?? digits;
  if (fixed !== undefined && fixed !== null) {
    return {
      ...currencyOptions(format),
      minimumFractionDigits: fixed,
      maximumFractionDigits: fixed,
    };
  }
  if (format.style === 'percent') return { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  if (format.style === 'currency') return currencyOptions(format);
  const small = Math.abs(toNumber(cell) ?? 0) < 1;
  return small ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 };
}

function currencyOptions(format: Format): NumberOptions {
  if (format.style !== 'currency' || !format.currency) return {};
  return { style: 'currency', currency: format.currency };
}

/** A share becomes hundredths; anything else stays as it was sent, so that no digit is lost. */
function scaled(cell: number | string, format: Format): number | string {
  return format.style === 'percent' ? (toNumber(cell) ?? 0) * 100 : cell;
}

function withUnit(text: string, format: Format): string {
  if (format.style === 'percent') return `${text}%`;
  return format.unit ? `${text}\u00a0${format.unit}` : text;
}

/** The locale, or the language of the environment when it is none that `Intl` knows. */
function supported(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** Turns an instant into the wall time of a zone; UTC when the zone is unknown. */
export function wallClockIn(timeZone: string): (instant: number) => number {
  const clock = clockOf(timeZone);
  return (instant) => {
    const part: Record<string, number> = {};
    for (const { type, value } of clock.formatToParts(instant)) part[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  };
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
}

function memo<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}
