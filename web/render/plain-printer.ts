/**
 * Spells numbers and times as `Intl` does for American English, without `Intl`, which the server's
 * script engine has not. Exports are in English, like the words around them.
 */

import type { DateOptions, NumberOptions, Printer } from '../charts/writer.ts';
import { CURRENCY_DIGITS, CURRENCY_SYMBOLS } from './currency.ts';
import {
  type Decimal,
  parseDecimal,
  roundToDigits,
  roundToPlaces,
  wholeAndFraction,
} from './decimal.ts';

/** `wallClock` reads an instant in the zone in force; both are ms. */
export function plainPrinter(wallClock: (instant: number) => number): Printer {
  return { number: printNumber, date: printDate, wallClock };
}

export function printNumber(value: number | string, options: NumberOptions): string {
  const decimal = parseDecimal(value);
  if (decimal === null) return String(value);
  const [whole, fraction, suffix] =
    options.notation === 'compact' ? compact(decimal, options) : [...plain(decimal, options), ''];
  const isZero = !/[1-9]/.test(whole + fraction);
  const sign = decimal.isNegative && !isZero ? '-' : '';
  const point = fraction === '' ? '' : '.';
  return `${sign}${currencyMark(options)}${whole}${point}${fraction}${suffix}`;
}

function plain(decimal: Decimal, options: NumberOptions): [string, string] {
  const { fewest, most } = placesOf(options);
  const rounded =
    options.maximumSignificantDigits === undefined
      ? roundToPlaces(decimal, most)
      : roundToDigits(decimal, options.maximumSignificantDigits);
  const [whole, fraction] = wholeAndFraction(rounded, fewest);
  return [grouped(whole), fraction];
}

const SUFFIXES = ['', 'K', 'M', 'B', 'T'] as const;

/** Thousands, millions and so on. A number that rounds up to the next of these takes its letter. */
function compact(decimal: Decimal, options: NumberOptions): [string, string, string] {
  const { fewest, most } = placesOf(options);
  let step = stepOf(decimal);
  let rounded = roundToPlaces(shifted(decimal, step), most);
  if (rounded.point > 3 && step < SUFFIXES.length - 1) {
    step += 1;
    rounded = roundToPlaces(shifted(decimal, step), most);
  }
  const [whole, fraction] = wholeAndFraction(rounded, fewest);
  return [whole.length > 4 ? grouped(whole) : whole, fraction, SUFFIXES[step] ?? ''];
}

function stepOf({ point }: Decimal): number {
  return Math.min(Math.max(Math.floor((point - 1) / 3), 0), SUFFIXES.length - 1);
}

function shifted(decimal: Decimal, step: number): Decimal {
  return { ...decimal, point: decimal.point - 3 * step };
}

function placesOf(options: NumberOptions): { fewest: number; most: number } {
  const { minimumFractionDigits: low, maximumFractionDigits: high } = options;
  if (options.maximumSignificantDigits !== undefined) return { fewest: 0, most: 0 };
  const isMoney = options.style === 'currency';
  const usual = isMoney ? (CURRENCY_DIGITS[codeOf(options)] ?? 2) : 0;
  const fewest = low ?? Math.min(usual, high ?? usual);
  return { fewest, most: high ?? Math.max(isMoney ? usual : 3, fewest) };
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ',');
}

function currencyMark(options: NumberOptions): string {
  if (options.style !== 'currency') return '';
  const code = codeOf(options);
  return CURRENCY_SYMBOLS[code] ?? `${code}\u00a0`;
}

function codeOf({ currency }: NumberOptions): string {
  return (currency ?? '').toUpperCase();
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

export function printDate(wall: number, options: DateOptions): string {
  const at = new Date(wall);
  const month = options.month && MONTHS[at.getUTCMonth()];
  const day = [month, options.day && String(at.getUTCDate())].filter(Boolean).join(' ');
  const year = options.year && String(at.getUTCFullYear());
  const date = [day, year].filter(Boolean).join(options.day ? ', ' : ' ');
  return [date, options.hour && clock(at)].filter(Boolean).join(', ');
}

function clock(at: Date): string {
  return at.toISOString().slice(11, 16);
}
