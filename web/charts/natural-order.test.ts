import { expect, test } from 'vitest';

import { naturalOrder } from './natural-order.ts';

function check(...ordered: string[]) {
  const shuffled = [...ordered].reverse();
  expect(shuffled.sort(naturalOrder)).toEqual(ordered);
}

test('digits count as numbers', () => {
  check('gate 2', 'gate 10', 'gate 10b');
  check('1', '02', '10');
});

test('case and accents come last', () => {
  check('EWR', 'jfk', 'LGA');
  check('Zurich', 'Zürich', 'zurich');
  check('etage', 'étage', 'etagen');
});

test('what begins alike is ordered by length', () => {
  check('', 'Delta', 'Delta Air');
});
