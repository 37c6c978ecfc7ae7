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
  expect(trend?.sign).toBe('▲');
  expect(trend?.against).toBe('against 3 from Aug 12 to Aug 13, 2023');
  expect(trendOf(PANEL, compared(3, 6, -0.5), WRITER)?.change).toBe('50.0% less');
  expect(trendOf(PANEL, compared(3, 3, 0), WRITER)?.change).toBe('No change');
  expect(trendOf(PANEL, result({ n: 'integer' }, [[1]]), WRITER)).toBeNull();
});

test('without a share there is still more or less, unless there is nothing', () => {
  const from = (current: number | null, previous: number | null) =>
    trendOf(PANEL, compared(current, previous, null), WRITER);
  expect(from(3, 0)).toMatchObject({ direction: 'up', change: 'More' });
  expect(from(0, 0)).toMatchObject({ direction: 'same', change: 'No change' });
  expect(from(3, null)).toMatchObject({ direction: 'unknown', sign: '' });
  expect(from(3, null)?.against).toBe('no figure from Aug 12 to Aug 13, 2023');
});

test('the author says which change is good news', () => {
  const tone = (current: number, better: 'higher' | 'lower' | 'neither' | null = null) =>
    trendOf({ ...PANEL, better }, compared(current, 3, (current - 3) / 3), WRITER)?.tone;
  expect([tone(6), tone(1), tone(3)]).toEqual(['good', 'bad', 'neutral']);
  expect([tone(6, 'lower'), tone(1, 'lower'), tone(3, 'lower')]).toEqual([
    'bad',
    'good',
    'neutral',
  ]);
  expect([tone(6, 'neither'), tone(1, 'neither')]).toEqual(['neutral', 'neutral']);
});

test('days are told as briefly as they can be', () => {
  const against = (start: string, end: string) => {
    const answer = compared(6, 3, 1);
    const comparison = { ...answer.comparison, previous_period: { start, end } };
    return trendOf(PANEL, { ...answer, comparison }, WRITER)?.against;
  };
  expect(against('2023-08-12', '2023-08-12')).toBe('against 3 on Aug 12, 2023');
  expect(against('2022-12-30', '2023-01-05')).toBe('against 3 from Dec 30, 2022 to Jan 5, 2023');
  expect(against('2023-08-12T00:00:00Z', '2023-08-12T11:59:59Z')).toBe('against 3 on Aug 12, 2023');
});

test('a figure before is as short as the figure itself', () => {
  const cents = panel('kpi_trend', [column('day', { bucket: 'day' }), measure('n', 'min')]);
  const against = (previous: number) =>
    trendOf(cents, { ...compared(1, previous, 1) }, WRITER)?.against;
  expect(against(12_345_678)).toContain('against 12.3M\u00a0min from');
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
