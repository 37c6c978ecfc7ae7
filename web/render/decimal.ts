/** Decimal numbers as their digits, so that rounding is exact and no digit of a long one is lost. */

/** The value is `0.digits × 10^point`, with its sign apart. */
export interface Decimal {
  readonly isNegative: boolean;
  /** Without zeros in front; empty for zero. */
  readonly digits: string;
  /** Where the decimal point stands: `12.5` has the digits `125` and the point 2. */
  readonly point: number;
}

/** Reads what JavaScript or a database writes: `12.50`, `-3`, `1.5e-7`. Null for anything else. */
export function parseDecimal(value: number | string): Decimal | null {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(String(value).trim());
  if (!match) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return null;
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  const point = whole.length + Number(exponent) - (all.length - digits.length);
  return { isNegative: sign === '-', digits, point: digits === '' ? 0 : point };
}

/** Rounds to `places` digits after the point, halves away from zero. */
export function roundToPlaces(decimal: Decimal, places: number): Decimal {
  return roundToDigits(decimal, decimal.point + places);
}

/** Rounds to `count` significant digits, halves away from zero. */
export function roundToDigits(decimal: Decimal, count: number): Decimal {
  const { digits, point, isNegative } = decimal;
  if (count >= digits.length) return decimal;
  const kept = count > 0 ? digits.slice(0, count) : '';
  const isUp = count >= 0 && (digits[count] ?? '0') >= '5';
  if (!isUp) return { isNegative, digits: kept, point: kept === '' ? 0 : point };
  const raised = (BigInt(kept || '0') + 1n).toString();
  return { isNegative, digits: raised, point: point + raised.length - kept.length };
}

/** The digits before the point, and those after it with at least `fewest` of them. */
export function wholeAndFraction({ digits, point }: Decimal, fewest: number): [string, string] {
  const padded =
    '0'.repeat(Math.max(-point, 0)) + digits + '0'.repeat(Math.max(point - digits.length, 0));
  const at = Math.max(point, 0);
  const fraction = padded.slice(at).replace(/0+$/, '');
  return [padded.slice(0, at) || '0', fraction.padEnd(fewest, '0')];
}
