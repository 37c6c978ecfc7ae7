import { expect, test } from 'vitest';

import { column, measure, panel, result, WRITER } from './example.ts';
import { figureOf } from './figure.ts';
import { boundsOf, lineThrough, trendOf } from './trend.ts';

const PANEL = panel('kpi_trend', [column('day', { bucket: 'day' }), measure('n')]);

function compared(current: number | null, previous: number | null, change: number | null) {
  return {
    ...result({ day: 'date', n: 'integer' }, [
      ['2023-08-14', 2],
      ['2023-08-15', 4],
    ]),
    comparison: {
      current,
      previous,
      change,
      bucket: 'day' as const,
      current_period: { start: '2023-08-14', end: '2023-08-15' },
      previous_period: { start: '2023-08-12', end: '2023-08-13' },
      previous_rows: [
        ['2023-08-12', 3],
        ['2023-08-13', null],
      ],
    },
  };
}

test('a trend tells the change in words and what it is compared with', () => {
  const trend = trendOf(PANEL, compared(6, 3, 1), WRITER);
  expect(trend?.direction).toBe('up');
  expect(trend?.change).toBe('100.0% more');
  expect(trend?.against).toContain('3 from ');
  expect(trendOf(PANEL, compared(3, 6, -0.5), WRITER)?.change).toBe('50.0% less');
  expect(trendOf(PANEL, compared(3, 3, 0), WRITER)?.change).toBe('No change');
  expect(trendOf(PANEL, compared(3, 0, null), WRITER)?.direction).toBe('unknown');
  expect(trendOf(PANEL, result({ n: 'integer' }, [[1]]), WRITER)).toBeNull();
});

test('the figure of a trend is that of the whole period, not of its first point', () => {
  expect(figureOf(PANEL, compared(6, 3, 1), WRITER)?.text).toBe('6');
});

test('both lines share a scale from zero', () => {
  const trend = trendOf(PANEL, compared(6, 3, 1), WRITER);
  if (!trend) throw new Error('a trend');
  expect(boundsOf(trend)).toEqual([0, 4]);
  expect(lineThrough(trend.current, [0, 4], 100, 20)).toBe('0,10 100,0');
  expect(lineThrough(trend.previous, [0, 4], 100, 20)).toBe('0,5');
});
