import { expect, test } from 'vitest';

import { gridValues, niceScale, spread, textWidth } from './scale.ts';

test('a scale ends on round numbers', () => {
  const check = (values: number[], count: number, fromZero: boolean, expected: number[]) =>
    expect(gridValues(niceScale(values, count, fromZero))).toEqual(expected);
  check([4346, 5125], 4, true, [0, 2000, 4000, 6000]);
  check([0.1, 0.36], 4, false, [0, 0.1, 0.2, 0.3, 0.4]);
  check([-3, 12], 3, true, [-5, 0, 5, 10, 15]);
  check([95, 100], 2, false, [95, 97.5, 100]);
  check([-100, -95], 2, false, [-100, -97.5, -95]);
  check([0, 0], 2, true, [0, 0.5, 1]);
  check([], 2, true, [0, 0.5, 1]);
  check([58_665], 3, false, [0, 20_000, 40_000, 60_000]);
});

test('there is nothing between two whole numbers', () => {
  expect(gridValues(niceScale([0, 1], 5, true, true))).toEqual([0, 1]);
  expect(gridValues(niceScale([0, 6], 3, true, true))).toEqual([0, 2, 4, 6]);
});

test('a wider text takes more room', () => {
  expect(textWidth('')).toBe(0);
  expect(textWidth('MMM')).toBeGreaterThan(textWidth('iii'));
  expect(textWidth('東京')).toBeGreaterThan(textWidth('ab'));
});

test('labels are moved apart within their box', () => {
  const check = (centres: number[], expected: number[]) =>
    expect(spread(centres, 10, 0, 100)).toEqual(expected);
  check([50], [50]);
  check([20, 80], [20, 80]);
  check([50, 52], [50, 60]);
  check([52, 50], [60, 50]);
  check([99, 98], [95, 85]);
  check([-5], [5]);
});
