import { expect, test } from 'vitest';

import { limited } from './table-picture.ts';

function check(wanted: number[], room: number, expected: number[]) {
  expect(limited(wanted, room)).toEqual(expected);
}

test('only columns wider than their share give way', () => {
  check([50, 60], 200, [50, 60]);
  check([50, 60, 90], 200, [50, 60, 90]);
  check([300, 50, 100], 300, [150, 50, 100]);
  check([300, 50, 400], 250, [100, 50, 100]);
  check([80, 80], 100, [50, 50]);
  check([], 100, []);
});
