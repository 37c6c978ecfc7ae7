import { expect, test } from 'vitest';

import type { Cell, ColumnType, Format } from './panel.ts';
import { columnDigits, intlWriter } from './writer.ts';

const PLAIN: Format = { style: 'auto', decimals: null, unit: null, currency: null };
const writer = intlWriter('en-US', 'America/New_York');

function field(type: ColumnType, format: Partial<Format> = {}) {
  return { type, bucket: null, format: { ...PLAIN, ...format } };
}

function exact(cell: Cell, type: ColumnType, format: Partial<Format>, expected: string) {
  expect(writer.exact(cell, field(type, format))).toBe(expected);
}

test('whole values keep every digit', () => {
  exact(58_665, 'integer', {}, '58,665');
  exact(0, 'integer', {}, '0');
  exact(-0, 'float', {}, '0');
  exact(-0.001, 'float', { decimals: 1 }, '0.0');
  exact(-12, 'integer', {}, '-12');
  exact('9007199254740993', 'integer', {}, '9,007,199,254,740,993');
  exact(
    '-170141183460469231731687303715884105728',
    'integer',
    {},
    '-170,141,183,460,469,231,731,687,303,715,884,105,728',
  );
  exact('1234567.89', 'decimal', {}, '1,234,567.89');
  exact('0.10', 'decimal', { decimals: 2 }, '0.10');
});

test('fractions are told to what can be read', () => {
  exact(12.10607, 'float', {}, '12.11');
  exact(0.0012345, 'float', {}, '0.00123');
  exact(12.5, 'float', { decimals: 1, unit: 'min' }, '12.5\u00a0min');
  exact(0.23456, 'float', { style: 'percent' }, '23.5%');
  exact('0.5', 'decimal', { style: 'percent', decimals: 0 }, '50%');
  exact(1234.5, 'float', { style: 'currency', currency: 'USD' }, '$1,234.50');
});

test('other values are told as what they are', () => {
  exact(null, 'integer', {}, '–');
  exact('', 'string', {}, '–');
  exact(true, 'boolean', {}, 'Yes');
  exact(false, 'boolean', {}, 'No');
  exact('<b>bold</b>', 'string', {}, '<b>bold</b>');
  exact(1545, 'integer', { style: 'text' }, '1545');
  exact('14:30:00', 'time', {}, '14:30:00');
  exact('not a number', 'integer', {}, 'not a number');
});

test('dates stay where they are and timestamps move into the zone', () => {
  exact('2013-01-01', 'date', {}, 'Jan 1, 2013');
  exact('2013-12-31T23:30:00Z', 'timestamp', {}, 'Dec 31, 2013, 18:30');
  exact('2014-01-01T04:30:00Z', 'timestamp', { style: 'date' }, 'Dec 31, 2013');
  exact('2013-07-01T04:00:00Z', 'timestamp', {}, 'Jul 1, 2013, 00:00');
  exact('no date', 'date', {}, 'no date');
});

test('a bucket is told by its name', () => {
  const at = Date.UTC(2013, 3, 1);
  expect(writer.period(at, 'year')).toBe('2013');
  expect(writer.period(at, 'quarter')).toBe('Q2 2013');
  expect(writer.period(at, 'month')).toBe('Apr 2013');
  expect(writer.period(at, 'week')).toBe('Week of Apr 1, 2013');
  expect(writer.period(at, 'day')).toBe('Apr 1, 2013');
  expect(writer.period(at, 'hour')).toBe('Apr 1, 2013, 00:00');
});

test('numbers are shortened with care', () => {
  const short = (value: number, format: Partial<Format> = {}) =>
    writer.short(value, field('float', format));
  expect(short(12_400)).toBe('12.4K');
  expect(short(3_100_000)).toBe('3.1M');
  expect(short(9_999)).toBe('9,999');
  expect(short(10_000)).toBe('10K');
  expect(short(999_950)).toBe('1M');
  expect(short(2_500_000_000)).toBe('2.5B');
  expect(short(-12_400)).toBe('-12.4K');
  expect(short(-0)).toBe('0');
  expect(short(0.25)).toBe('0.25');
  expect(short(2.5)).toBe('2.5');
  expect(short(0.4, { style: 'percent' })).toBe('40%');
  expect(short(0.025, { style: 'percent' })).toBe('2.5%');
  expect(short(12_400, { style: 'currency', currency: 'EUR' })).toBe('€12.4K');
});

test('a locale writes in its own way, and an unknown one in some', () => {
  expect(intlWriter('de', 'UTC').exact(1234.5, field('float'))).toBe('1.234,5');
  expect(intlWriter('fr_fr', 'UTC').exact(0.5, field('float'))).toBe('0,5');
  expect(intlWriter('not a locale', 'No/Where').exact(5, field('integer'))).toBe('5');
});

test('a column has as many digits as its values need, two at most', () => {
  expect(columnDigits([1, 2], PLAIN)).toBe(0);
  expect(columnDigits([1.5, null, 2], PLAIN)).toBe(1);
  expect(columnDigits([1.25, 2], PLAIN)).toBe(2);
  expect(columnDigits([1.23456], PLAIN)).toBe(2);
  expect(columnDigits([1.5], { ...PLAIN, decimals: 3 })).toBeUndefined();
  expect(columnDigits([1.5, 0.0004], PLAIN)).toBeUndefined();
  expect(columnDigits([1.5, 0], PLAIN)).toBe(1);
});

test('values beside grid lines are exact and written like their neighbours', () => {
  const check = (values: number[], format: Partial<Format>, expected: string) => {
    const largest = Math.max(...values.map(Math.abs));
    const texts = values.map((value) => writer.axis(value, field('float', format), largest));
    expect(texts.join(' ')).toBe(expected);
  };
  check([0, 2500, 5000, 7500], {}, '0 2,500 5,000 7,500');
  check([0, 5000, 10_000], {}, '0 5K 10K');
  check([14_000, 14_250, 14_500], {}, '14K 14.25K 14.5K');
  check([-500_000, 0, 500_000, 1_000_000], {}, '-500K 0 500K 1M');
  check([0, 0.0025, 0.005], {}, '0 0.0025 0.005');
  check([0, 0.025, 0.05], { style: 'percent' }, '0% 2.5% 5%');
  check([0, 20_000], { style: 'currency', currency: 'EUR' }, '€0 €20K');
});

test('numbers beyond trillions are told in powers of ten', () => {
  expect(writer.short(9.007_2e18, field('integer'))).toBe('9.01×10¹⁸');
  expect(writer.short(-1e15, field('integer'))).toBe('-1×10¹⁵');
  expect(writer.axis(2.5e16, field('integer'), 1e17)).toBe('2.5×10¹⁶');
  expect(writer.short(999e12, field('integer'))).toBe('999T');
});
