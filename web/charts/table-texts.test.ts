import { expect, test } from 'vitest';

import { column, measure, panel, result, WRITER } from './example.ts';
import { type Cell, fieldsOf } from './panel.ts';
import { columnsOf } from './table-texts.ts';

function check(rows: Cell[][], totals: Cell[] | null, texts: string[][], total: string[]) {
  const answer = result({ dest: 'string', n: 'integer', mean: 'float' }, rows);
  const table = panel('table', [column('dest'), measure('n'), measure('mean', 'min')]);
  const columns = columnsOf(fieldsOf(table, answer), rows, totals, WRITER);
  expect(rows.map((row) => columns.map((one) => one.text(row)))).toEqual(texts);
  expect(columns.map((one) => one.total)).toEqual(total);
}

test('a column has as many decimals in its total as in its rows', () => {
  check([['BOS', 1200, 3]], [null, 1200, 3.25], [['BOS', '1,200', '3.00']], ['', '1,200', '3.25']);
  check([['BOS', 1200, 3.5]], [null, 1200, 3], [['BOS', '1,200', '3.5']], ['', '1,200', '3.0']);
  check([['BOS', null, null]], null, [['BOS', '–', '–']], ['', '', '']);
});

test('the count of texts is written as a number', () => {
  check([['BOS', 1, 1]], [12345, 1, 1], [['BOS', '1', '1']], ['12,345', '1', '1']);
});

test('a unit stands in the heading alone', () => {
  const answer = result({ n: 'integer' }, [[5]]);
  const fields = fieldsOf(panel('table', [measure('n', 'mi')]), answer);
  const [only] = columnsOf(fields, answer.rows, [5], WRITER);
  expect([only?.title, only?.text([5]), only?.total]).toEqual(['N (mi)', '5', '5']);
});

test('a value that became a column is written as what it is', () => {
  const month = column('month', { bucket: 'month' });
  const titles = (measures: string[], names: string[]) => {
    const table = panel('table', [
      column('dest'),
      month,
      ...measures.map((name) => measure(name, 'min')),
    ]);
    const made = names.map((name, at) => ({
      name,
      type: 'integer' as const,
      measure: measures[at % measures.length] ?? '',
    }));
    const columns = [{ name: 'dest', type: 'string' as const }, ...made];
    const answer = { ...result({}, []), columns };
    return columnsOf(fieldsOf(table, answer), [], null, WRITER).map(({ title }) => title);
  };
  expect(titles(['n'], ['2013-01-01', '–'])).toEqual(['Dest', 'Jan 2013', '–']);
  expect(titles(['n', 'dep_delay'], ['2013-01-01 · n', '2013-01-01 · dep_delay'])).toEqual([
    'Dest',
    'Jan 2013 · N (min)',
    'Jan 2013 · Dep delay (min)',
  ]);
});
