import { expect, test } from 'vitest';

import type { Placement } from '../client/definition.ts';
import { mediumSpans, narrowSpans, readingOrder } from './layout.ts';

type Kind = 'kpi' | 'trend' | 'panel' | 'control';
const cell = (x: number, y: number, w: number, h = 4): Placement => ({ x, y, w, h });

function check(cells: [Kind, Placement][], medium: number[], narrow: number[]) {
  const kinds = cells.map(([kind]) => kind);
  const placements = cells.map(([, placement]) => placement);
  expect(mediumSpans(placements, kinds), 'medium').toEqual(medium);
  expect(narrowSpans(placements, kinds), 'narrow').toEqual(narrow);
}

test('halves stand in pairs and what is alone takes the whole width', () => {
  check([['panel', cell(0, 0, 12)]], [6], [2]);
  check(
    [
      ['panel', cell(0, 0, 6)],
      ['panel', cell(6, 0, 6)],
    ],
    [3, 3],
    [2, 2],
  );
  check(
    [
      ['panel', cell(0, 0, 7)],
      ['panel', cell(7, 0, 5)],
    ],
    [6, 6],
    [2, 2],
  );
  check(
    [
      ['kpi', cell(0, 0, 3)],
      ['kpi', cell(3, 0, 3)],
    ],
    [3, 3],
    [1, 1],
  );
  check([['kpi', cell(0, 0, 3)]], [6], [2]);
  check([['control', cell(0, 0, 4, 2)]], [3], [2]);
});

test('three figures of a row stay in a row while they fit', () => {
  const row: [Kind, Placement][] = [0, 4, 8].map((x) => ['kpi', cell(x, 0, 4)]);
  check(row, [2, 2, 2], [1, 1, 2]);
});

test('trends have lines to draw, and a narrow page to themselves', () => {
  const row: [Kind, Placement][] = [0, 4, 8].map((x) => ['trend', cell(x, 0, 4)]);
  check(row, [2, 2, 2], [2, 2, 2]);
  check(row.slice(0, 2), [3, 3], [2, 2]);
});

test('cells are read from top to bottom, then from left to right', () => {
  const cells = [cell(6, 0, 6), cell(0, 4, 6), cell(0, 0, 6)];
  expect(readingOrder(cells).map(({ x, y }) => [x, y])).toEqual([
    [0, 0],
    [6, 0],
    [0, 4],
  ]);
});
