import { expect, test } from 'vitest';
import type { Bucket, Cell, ColumnType, Format } from '../charts/panel.ts';
import type { Described } from '../charts/writer.ts';
import { intlWriter, wallClockIn, writerOf } from '../charts/writer.ts';
import { plainPrinter, printNumber } from './plain-printer.ts';

const ZONE = 'America/New_York';
const browser = intlWriter('en-US', ZONE);
const server = writerOf(plainPrinter(wallClockIn(ZONE)));

function field(type: ColumnType, format: Partial<Format> = {}, bucket: Bucket | null = null) {
  const plain: Format = { style: 'auto', decimals: null, unit: null, currency: null };
  return { type, bucket, format: { ...plain, ...format } } satisfies Described;
}

/** Both writers write the same. */
function check(cell: Cell, described: Described) {
  expect(server.exact(cell, described)).toBe(browser.exact(cell, described));
  if (typeof cell === 'number') {
    expect(server.short(cell, described)).toBe(browser.short(cell, described));
  }
}

const NUMBERS = `
  0 -0 1 -1 0.5 0.05 0.045 0.0449 0.005 1.005 1.5 2.5 4.35 9.95 9.949 9.99 12.05 99.95 -0.001 -0.4
  999 999.5 1000 1234.5 9999 9999.94 9999.95 9999.99 10000 12345 12350 99949 99950 336776 999499
  999949 999950 999999 1000000 3141592 12345678 999949999 999950000 -58665 -1250000
  1e9 1.25e12 9.9995e14 1e15 1.2345e16 1e21 1.5e-7 123e-20 0.30000000000000004 9007199254740992
`
  .trim()
  .split(/\s+/)
  .map(Number);

const FORMATS: Partial<Format>[] = [
  {},
  { style: 'number', decimals: 0 },
  { style: 'number', decimals: 3, unit: 'min' },
  { style: 'percent' },
  { style: 'percent', decimals: 2 },
  ...['USD', 'EUR', 'JPY', 'CHF', 'KWD', 'XOF', 'SEK', 'CAD'].map(
    (currency): Partial<Format> => ({ style: 'currency', currency }),
  ),
  { style: 'currency', currency: 'USD', decimals: 0 },
];

test('numbers read the same as in a browser', () => {
  for (const format of FORMATS) {
    for (const number of NUMBERS) check(number, field('float', format));
  }
});

test('so do numbers that nobody thought of', () => {
  let seed = 42;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let round = 0; round < 3_000; round++) {
    const number = (random() - 0.5) * 10 ** Math.floor(random() * 24 - 6);
    check(number, field('float', FORMATS[round % FORMATS.length]));
  }
});

test('no digit of a long number is lost', () => {
  for (const digits of [
    '9007199254740993',
    '-12345678901234567890.125',
    '0.10',
    '00012.50',
    '1e3',
  ]) {
    check(digits, field('decimal'));
    check(digits, field('decimal', { style: 'number', decimals: 2 }));
  }
});

test('what is no number stays as it is', () => {
  expect(printNumber('NaN', {})).toBe('NaN');
  expect(printNumber('', {})).toBe('');
});

test('dates and times read the same as in a browser', () => {
  const dates = ['2013-01-07', '2013-12-31', '1999-02-28', 'no date'];
  const times = ['2013-03-10T06:59:59Z', '2013-03-10T07:00:00Z', '2013-11-03T05:30:00Z'];
  const buckets = [null, 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
  for (const bucket of buckets) {
    for (const date of dates) check(date, field('date', {}, bucket));
    for (const time of times) check(time, field('timestamp', {}, bucket));
  }
  check('2013-01-07', field('date', { style: 'date_time' }));
  check('2013-03-10T07:00:00Z', field('timestamp', { style: 'date' }));
});

test('labels under a time axis read the same as in a browser', () => {
  const wall = Date.UTC(2013, 8, 5, 7, 5);
  for (const unit of ['year', 'month', 'day', 'hour'] as const) {
    expect(server.tick(wall, unit)).toBe(browser.tick(wall, unit));
  }
});
