import { expect, test } from 'vitest';

import { column, measure, panel, result, WRITER } from './example.ts';
import { figureOf, latestMoment } from './figure.ts';
import type { Cell, ColumnType } from './panel.ts';
import { summaryOf } from './summary.ts';
import { isoDate } from './time.ts';

function figure(type: ColumnType, cell: Cell, unit: string | null = null) {
  return figureOf(panel('kpi', [measure('n', unit)]), result({ n: type }, [[cell]]), WRITER);
}

test('a figure is whole up to a million and short beyond', () => {
  expect(figure('integer', 58_665)?.text).toBe('58,665');
  expect(figure('integer', 0)?.text).toBe('0');
  expect(figure('float', 12.10607, 'min')).toEqual({
    text: '12.1',
    unit: 'min',
    exact: '12.11\u00a0min',
  });
  expect(figure('integer', 3_141_592)).toEqual({ text: '3.1M', unit: null, exact: '3,141,592' });
  expect(figure('decimal', '12345678901234567890.5')?.exact).toBe('12,345,678,901,234,567,890.5');
});

test('without a value there is no figure', () => {
  expect(figure('float', null)).toBeNull();
  expect(figureOf(panel('kpi', [measure('n')]), result({ n: 'integer' }, []), WRITER)).toBeNull();
});

test('the figure is the last column', () => {
  const two = result({ dest: 'string', n: 'integer' }, [['BOS', 7]]);
  expect(figureOf(panel('kpi', [column('dest'), measure('n')]), two, WRITER)?.text).toBe('7');
});

test('the latest moment is the end of the last bucket', () => {
  const rows = result({ month: 'date', n: 'integer' }, [
    ['2013-12-01', 1],
    ['2013-01-01', 1],
  ]);
  const bars = panel('bar', [column('month', { bucket: 'month' }), measure('n')]);
  const latest = latestMoment(bars, rows, WRITER);
  expect(latest && isoDate(latest)).toBe('2013-12-31');
  expect(
    latestMoment(panel('kpi', [measure('n')]), result({ n: 'integer' }, [[1]]), WRITER),
  ).toBeNull();
});

test('a chart is told in words', () => {
  const rows = result({ month: 'date', n: 'integer' }, [
    ['2013-01-01', 5],
    ['2013-02-01', 2],
  ]);
  const bars = panel('bar', [column('month', { bucket: 'month' }), measure('n')]);
  expect(summaryOf(bars, rows, WRITER)).toBe(
    'Bar chart: Title. From Jan 2013 to Feb 2013. N: highest 5 (Jan 2013), lowest 2 (Feb 2013).',
  );
  expect(summaryOf(bars, { ...rows, rows: [] }, WRITER)).toBe('Bar chart: Title. No data.');
});
