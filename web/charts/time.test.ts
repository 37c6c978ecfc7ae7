import { expect, test } from 'vitest';

import type { Bucket } from './panel.ts';
import { addMonths, everyBucket, isoDate, parseDate, timeTicks } from './time.ts';

const at = (text: string) => parseDate(text) ?? Number.NaN;

test('only dates that exist are read', () => {
  expect(isoDate(at('2012-02-29'))).toBe('2012-02-29');
  for (const text of ['2013-02-29', '2013-13-01', '2013-1-1', 'today', '']) {
    expect(parseDate(text), text).toBeNull();
  }
  expect(parseDate('2013-05-01T10:00:00Z')).toBe(at('2013-05-01'));
});

test('months are added within the calendar', () => {
  const check = (from: string, months: number, expected: string) =>
    expect(isoDate(addMonths(at(from), months))).toBe(expected);
  check('2013-01-31', 1, '2013-02-28');
  check('2012-02-29', 12, '2013-02-28');
  check('2013-12-01', 1, '2014-01-01');
  check('2013-01-15', -1, '2012-12-15');
});

test('missing buckets are filled in', () => {
  const check = (starts: string[], bucket: Bucket | null, expected: string[]) =>
    expect(everyBucket(starts.map(at), bucket).map(isoDate)).toEqual(expected);
  check(['2013-03-01', '2013-01-01'], 'month', ['2013-01-01', '2013-02-01', '2013-03-01']);
  check(['2013-01-07', '2013-01-21'], 'week', ['2013-01-07', '2013-01-14', '2013-01-21']);
  check(['2012-12-31', '2013-01-02'], 'day', ['2012-12-31', '2013-01-01', '2013-01-02']);
  check(['2012-01-01', '2014-01-01'], 'year', ['2012-01-01', '2013-01-01', '2014-01-01']);
  check(['2013-01-01', '2013-01-05'], null, ['2013-01-01', '2013-01-05']);
  check([], 'day', []);
});

test('buckets that are too many to show are not filled in', () => {
  expect(everyBucket([at('1900-01-01'), at('2013-01-01')], 'day')).toHaveLength(2);
});

test('ticks are few, round and no finer than the data', () => {
  const check = (
    from: string,
    to: string,
    bucket: Bucket | null,
    most: number,
    expected: string[],
  ) =>
    expect(timeTicks(at(from), at(to), bucket, most).map((tick) => isoDate(tick.at))).toEqual(
      expected,
    );
  check('2013-01-01', '2013-12-01', 'month', 4, [
    '2013-01-01',
    '2013-04-01',
    '2013-07-01',
    '2013-10-01',
  ]);
  check('2013-01-01', '2013-03-01', 'month', 20, ['2013-01-01', '2013-02-01', '2013-03-01']);
  check('2010-01-01', '2013-01-01', 'year', 10, [
    '2010-01-01',
    '2011-01-01',
    '2012-01-01',
    '2013-01-01',
  ]);
  check('2013-01-07', '2013-01-28', 'week', 10, [
    '2013-01-07',
    '2013-01-14',
    '2013-01-21',
    '2013-01-28',
  ]);
  check('2013-05-05', '2013-05-05', 'day', 5, ['2013-05-05']);
});
