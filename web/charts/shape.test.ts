import { expect, test } from 'vitest';

import { column, measure, panel, result, WRITER } from './example.ts';
import { facetValues, shapeOf, stackTotals } from './shape.ts';

const MONTH = column('month', { bucket: 'month' });

test('a second dimension makes series, wherever the time stands', () => {
  const rows = [
    ['LGA', '2013-01-01', 3],
    ['EWR', '2013-01-01', 1],
    ['EWR', '2013-03-01', 2],
  ];
  const columns = [column('origin'), MONTH, measure('n')];
  const types = { origin: 'string', month: 'date', n: 'integer' } as const;
  const { positions, facets } = shapeOf(panel('line', columns), result(types, rows), WRITER);
  expect(positions.labels).toEqual(['Jan 2013', 'Feb 2013', 'Mar 2013']);
  const told = facets[0]?.series.map(({ label, values }) => [label, values]);
  expect(told).toEqual([
    ['EWR', [1, null, 2]],
    ['LGA', [3, null, null]],
  ]);
});

test('a missing value is a gap and no zero', () => {
  const rows = [
    ['2013-01-01', 1],
    ['2013-02-01', null],
    ['2013-03-01', 0],
  ];
  const types = { month: 'date', n: 'integer' } as const;
  const { facets } = shapeOf(panel('line', [MONTH, measure('n')]), result(types, rows), WRITER);
  expect(facets[0]?.series[0]?.values).toEqual([1, null, 0]);
});

test('measures share a scale only when their figures can be compared', () => {
  const check = (measures: [unit: string | null, type: 'integer' | 'float'][], facets: number) => {
    const columns = [column('dest'), ...measures.map(([unit], at) => measure(`m${at}`, unit))];
    const types = {
      dest: 'string' as const,
      ...Object.fromEntries(measures.map(([, type], at) => [`m${at}`, type])),
    };
    const shape = shapeOf(
      panel('bar', columns),
      result(types, [['BOS', ...measures.map((_, at) => 100 ** at)]]),
      WRITER,
    );
    expect(shape.facets).toHaveLength(facets);
  };
  check(
    [
      [null, 'integer'],
      [null, 'integer'],
    ],
    1,
  );
  check(
    [
      [null, 'integer'],
      ['min', 'float'],
    ],
    2,
  );
  check(
    [
      [null, 'integer'],
      [null, 'float'],
    ],
    2,
  );
  check(
    [
      ['min', 'integer'],
      ['min', 'float'],
    ],
    1,
  );
});

test('means among the counts share their scale', () => {
  const rows = [
    ['2013-01-01', 10, 10],
    ['2013-02-01', 20, 15.5],
  ];
  const types = { month: 'date', n: 'integer', average: 'float' } as const;
  const both = panel('line', [MONTH, measure('n'), measure('average')]);
  const { facets } = shapeOf(both, result(types, rows), WRITER);
  expect(facets.map(({ label }) => label)).toEqual(['N, Average']);
});

test('decimals and large integers are drawn as numbers and told as they were sent', () => {
  const types = { dest: 'string', n: 'decimal' } as const;
  const rows = [['BOS', '12345678901234567890.5']];
  const { facets } = shapeOf(
    panel('bar', [column('dest'), measure('n')]),
    result(types, rows),
    WRITER,
  );
  const series = facets[0]?.series[0];
  expect(series?.values).toEqual([12345678901234567000]);
  expect(series?.cells).toEqual(['12345678901234567890.5']);
});

test('a missing category has a place of its own', () => {
  const types = { dest: 'string', n: 'integer' } as const;
  const rows = [
    [null, 1],
    ['BOS', 2],
  ];
  const { positions } = shapeOf(
    panel('bar', [column('dest'), measure('n')]),
    result(types, rows),
    WRITER,
  );
  expect(positions.labels).toEqual(['–', 'BOS']);
});

test('a stack is as high as its parts together', () => {
  const types = { dest: 'string', kind: 'string', n: 'integer' } as const;
  const rows = [
    ['BOS', 'a', 1],
    ['BOS', 'b', 2],
    ['LAX', 'a', -3],
  ];
  const shape = shapeOf(
    panel('bar', [column('dest'), column('kind'), measure('n')]),
    result(types, rows),
    WRITER,
  );
  const facet = shape.facets[0];
  expect(facet && stackTotals(facet)).toEqual([3, 0, 0, -3]);
  expect(facet && facetValues(facet).sort()).toEqual([-3, 1, 2]);
});

test('no rows make no series that could be drawn', () => {
  const types = { dest: 'string', n: 'integer' } as const;
  const shape = shapeOf(panel('bar', [column('dest'), measure('n')]), result(types, []), WRITER);
  expect(shape.positions.labels).toEqual([]);
  expect(shape.facets[0]?.series[0]?.values).toEqual([]);
});
