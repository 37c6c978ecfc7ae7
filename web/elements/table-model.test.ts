import { expect, test } from 'vitest';

import type { ColumnType, Field } from '../charts/panel.ts';
import type { SortKey } from '../client/embed-client.ts';
import { type TableInput, tableModel } from './table-model.ts';

function field(name: string, type: ColumnType, index: number, turned = false): Field {
  const format = { style: 'auto', decimals: null, unit: null, currency: null } as const;
  const dimension = { type: 'string', format, bucket: null } as const;
  const pivot = turned ? { value: name, dimension, measure: null } : null;
  return { index, name, type, label: name, role: 'column', bucket: null, format, pivot };
}

const FIELDS = [field('dest', 'string', 0), field('delay', 'integer', 1), field('day', 'date', 2)];

function model(change: Partial<TableInput> = {}) {
  return tableModel({
    fields: FIELDS,
    rows: [],
    sort: [],
    page: 1,
    pageSize: 20,
    total: 45,
    ...change,
  });
}

function next(name: string, sort: readonly SortKey[]) {
  return model({ sort })
    .headings.find(({ field }) => field.name === name)
    ?.next?.();
}

test('texts begin with the first, numbers and times with the largest', () => {
  expect(next('dest', [])).toEqual([{ column: 'dest', direction: 'asc' }]);
  expect(next('delay', [])).toEqual([{ column: 'delay', direction: 'desc' }]);
  expect(next('day', [])).toEqual([{ column: 'day', direction: 'desc' }]);
});

test('pressing on goes the other way, then back to the author’s order', () => {
  expect(next('dest', [{ column: 'dest', direction: 'asc' }])).toEqual([
    { column: 'dest', direction: 'desc' },
  ]);
  expect(next('dest', [{ column: 'dest', direction: 'desc' }])).toEqual([]);
  expect(next('delay', [{ column: 'delay', direction: 'desc' }])).toEqual([
    { column: 'delay', direction: 'asc' },
  ]);
  expect(next('delay', [{ column: 'delay', direction: 'asc' }])).toEqual([]);
});

test('another column replaces the order', () => {
  expect(next('delay', [{ column: 'dest', direction: 'asc' }])).toEqual([
    { column: 'delay', direction: 'desc' },
  ]);
});

test('only the sorted column says so', () => {
  const orders = model({ sort: [{ column: 'delay', direction: 'desc' }] }).headings.map(
    ({ order }) => order,
  );
  expect(orders).toEqual([null, 'descending', null]);
});

test('pages are counted from one', () => {
  const check = (
    change: Partial<TableInput>,
    pages: number,
    span: number[],
    previous: boolean,
    more: boolean,
  ) => {
    const { hasPrevious, hasNext, ...rest } = model(change);
    expect([rest.pages, [...rest.span], hasPrevious, hasNext]).toEqual([
      pages,
      span,
      previous,
      more,
    ]);
  };
  check({}, 3, [1, 20], false, true);
  check({ page: 3 }, 3, [41, 45], true, false);
  check({ total: 0 }, 1, [0, 0], false, false);
  check({ total: null, rows: [['BOS', 1, null]] }, 1, [1, 1], false, false);
});

test('a value that became a column has no order of its own', () => {
  const fields = [field('month', 'date', 0), field('JFK', 'integer', 1, true)];
  const [month, value] = model({ fields }).headings;
  expect(month?.next?.()).toEqual([{ column: 'month', direction: 'desc' }]);
  expect(value?.next).toBeNull();
});
