import { expect, test } from 'vitest';

import type { Json, Option } from '../client/definition.ts';
import { chosenValues, describeChoice, matching, toggled } from './choices.ts';
import { describeRange, ordered, presets, rangeValue, readRange } from './date-range-value.ts';
import { serverBase } from './server.ts';

const OPTIONS: Option[] = [
  { value: 'EWR', label: 'Newark' },
  { value: 'JFK', label: 'John F. Kennedy' },
  { value: 'LGA', label: 'La Guardía' },
  { value: null, label: '(empty)' },
];

test('a search finds every word, whatever its case or accents', () => {
  const check = (typed: string, expected: Json[]) =>
    expect(matching(OPTIONS, typed).map(({ value }) => value)).toEqual(expected);
  check('', ['EWR', 'JFK', 'LGA', null]);
  check('new', ['EWR']);
  check('guardia LA', ['LGA']);
  check('empty', [null]);
  check('x', []);
});

test('a lone value is a list of one, and no value none', () => {
  expect(chosenValues('JFK')).toEqual(['JFK']);
  expect(chosenValues(['JFK', 'LGA'])).toEqual(['JFK', 'LGA']);
  for (const value of [undefined, null, '', []]) expect(chosenValues(value)).toEqual([]);
});

test('a choice goes in and out in the order of the list', () => {
  expect(toggled(['LGA'], 'EWR', OPTIONS)).toEqual(['EWR', 'LGA']);
  expect(toggled(['EWR', 'LGA'], 'EWR', OPTIONS)).toEqual(['LGA']);
});

test('a selection is told by name while it is short', () => {
  expect(describeChoice([], OPTIONS)).toBeNull();
  expect(describeChoice(['EWR', 'unknown'], OPTIONS)).toBe('Newark, unknown');
  expect(describeChoice(['a', 'b', 'c', 'd'], OPTIONS)).toBe('4 selected');
});

test('a range is read from dates and timestamps', () => {
  const check = (value: Json | undefined, start: string | null, end: string | null) =>
    expect(readRange(value)).toEqual({ start, end });
  check({ startDate: '2013-01-01', endDate: '2013-01-31' }, '2013-01-01', '2013-01-31');
  check({ startDate: '2013-01-01T10:30:00.000Z' }, '2013-01-01', null);
  check({ startDate: 'soon', endDate: 5 }, null, null);
  for (const value of [undefined, null, 'x', ['2013-01-01']]) check(value, null, null);
});

test('a range is sent as two dates, and as nothing when both ends are open', () => {
  expect(rangeValue({ start: '2013-01-01', end: null })).toEqual({ startDate: '2013-01-01' });
  expect(rangeValue({ start: null, end: null })).toBeNull();
  expect(ordered('2013-02-01', '2013-01-01')).toEqual({ start: '2013-01-01', end: '2013-02-01' });
});

test('presets count from the last day with data', () => {
  const check = (anchor: string, label: string, start: string, end: string) =>
    expect(presets(anchor).find((preset) => preset.label === label)?.range).toEqual({ start, end });
  check('2013-12-31', 'Last 7 days', '2013-12-25', '2013-12-31');
  check('2013-12-31', 'Last 30 days', '2013-12-02', '2013-12-31');
  check('2013-12-31', 'This month', '2013-12-01', '2013-12-31');
  check('2012-03-15', 'Last month', '2012-02-01', '2012-02-29');
  check('2013-05-15', 'This quarter', '2013-04-01', '2013-06-30');
  check('2013-05-15', 'This year', '2013-01-01', '2013-12-31');
});

test('a range reads as people write it', () => {
  const check = (start: string | null, end: string | null, expected: string) =>
    expect(describeRange({ start, end }, 'en-US', 'All time')).toBe(expected);
  check(null, null, 'All time');
  check('2013-01-01', null, 'From Jan 1, 2013');
  check(null, '2013-01-31', 'Until Jan 31, 2013');
  check('2013-01-01', '2013-03-31', 'Jan 1\u2009–\u2009Mar 31, 2013');
});

test('calls go to where the script came from, under its base path', () => {
  const check = (script: string, base: string) => expect(serverBase(script)).toBe(base);
  check('https://a.example/bundle.js', 'https://a.example/');
  check('https://a.example/base/bundle.js?v=2#x', 'https://a.example/base/');
  check('http://127.0.0.1:8080/bundle.js', 'http://127.0.0.1:8080/');
});
