import { expect, test } from 'vitest';

import { DRAW } from './chart.ts';
import { CANVAS, column, measure, panel, result } from './example.ts';
import type { Panel, Result } from './panel.ts';

// biome-ignore lint/suspicious/noExplicitAny: options are checked key by key.
function draw(one: Panel, rows: Result, width = CANVAS.width): any {
  const type = one.type === 'line' ? 'line' : 'bar';
  return DRAW[type](one, rows, { ...CANVAS, width });
}

/** The figure of a point `[time, figure]`, which may carry a style. */
function figureOf(point: unknown[] | { value: unknown[] }): unknown {
  return Array.isArray(point) ? point[1] : point.value[1];
}

const MONTH = column('month', { bucket: 'month' });
const monthly = result({ month: 'date', n: 'integer' }, [
  ['2013-01-01', 10],
  ['2013-03-01', 30],
]);
const byOrigin = result({ month: 'date', origin: 'string', n: 'integer' }, [
  ['2013-01-01', 'EWR', 10],
  ['2013-02-01', 'EWR', 12],
  ['2013-01-01', 'JFK', 20],
]);

test('bars begin at zero, and a month without rows keeps its place', () => {
  const { option } = draw(panel('bar', [MONTH, measure('n')]), monthly);
  expect(option.yAxis[0].min).toBe(0);
  expect(option.xAxis[0].data).toEqual(['Jan 2013', 'Feb 2013', 'Mar 2013']);
  expect(option.series[0].data).toEqual([10, null, 30]);
});

test('a time axis is true to scale and lines break where a value is missing', () => {
  const { option } = draw(panel('line', [MONTH, measure('n')]), monthly);
  expect(option.xAxis[0].type).toBe('time');
  expect(option.useUTC).toBe(true);
  const [series] = option.series;
  expect(series.connectNulls).toBe(false);
  expect(series.data.map(figureOf)).toEqual([10, null, 30]);
});

test('a point between two gaps is drawn, as no line shows it', () => {
  const { option } = draw(panel('line', [MONTH, measure('n')]), monthly);
  expect(option.series[0].data[0]).toMatchObject({ symbol: 'circle', symbolSize: 5 });
  const { option: joined } = draw(panel('line', [MONTH, column('origin'), measure('n')]), byOrigin);
  expect(joined.series[0].symbol).toBe('none');
  expect(joined.series[0].data.map(figureOf)).toEqual([10, 12]);
  expect(joined.series[0].data.every(Array.isArray)).toBe(true);
});

test('names stand at the ends of lines where there is room, in a legend elsewhere', () => {
  const lines = panel('line', [MONTH, column('origin'), measure('n')]);
  const wide = draw(lines, byOrigin).option;
  expect(wide.legend).toBeUndefined();
  expect(wide.graphic.elements.map(({ style }: { style: { text: string } }) => style.text)).toEqual(
    ['EWR', 'JFK'],
  );
  const narrow = draw(lines, byOrigin, 300).option;
  expect(narrow.legend.data).toEqual(['EWR', 'JFK']);
  expect(narrow.graphic).toBeUndefined();
});

test('one series needs neither names nor a legend', () => {
  for (const type of ['line', 'bar'] as const) {
    const { option } = draw(panel(type, [MONTH, measure('n')]), monthly);
    expect(option.legend).toBeUndefined();
    expect(option.graphic).toBeUndefined();
  }
});

test('bars of several series stand on each other only when the author says so', () => {
  const columns = [MONTH, column('origin'), measure('n')];
  const beside = draw(panel('bar', columns), byOrigin).option;
  expect(beside.series.map(({ stack }: { stack?: string }) => stack)).toEqual([
    undefined,
    undefined,
  ]);
  const stacked = draw(panel('bar', columns, { stacked: true }), byOrigin).option;
  expect(new Set(stacked.series.map(({ stack }: { stack?: string }) => stack)).size).toBe(1);
  expect(stacked.yAxis[0].max).toBeGreaterThanOrEqual(30);
});

test('bars to the right say their values at their ends, below zero on the left', () => {
  const rows = result({ dest: 'string', delay: 'float' }, [
    ['BOS', 12.34],
    ['LAX', -3],
  ]);
  const bars = panel('bar', [column('dest'), measure('delay', 'min')], {
    orientation: 'horizontal',
  });
  const { option } = draw(bars, rows);
  const [series] = option.series;
  expect(series.label.formatter({ dataIndex: 0 })).toBe('12.34');
  expect(series.data[1].label.position).toBe('left');
  expect(option.yAxis[0].inverse).toBe(true);
  expect(option.xAxis[0].min).toBe(-3);
  const names = option.yAxis.at(-1);
  expect(names.axisLabel.margin, 'names stand before the labels').toBeGreaterThan(16);
});

test('bars that are too many for labels have an axis, and so have stacks', () => {
  const many = Array.from({ length: 40 }, (_, at) => [`Name ${at}`, at]);
  const sideways = { orientation: 'horizontal' } as const;
  const bars = panel('bar', [column('dest'), measure('n')], sideways);
  const { option } = draw(bars, result({ dest: 'string', n: 'integer' }, many));
  expect(option.series[0].label.show).toBe(false);
  expect(option.xAxis[0].axisLabel.show).toBe(true);
  const columns = [column('dest'), column('origin'), measure('n')];
  const both = result({ dest: 'string', origin: 'string', n: 'integer' }, [
    ['BOS', 'EWR', 3],
    ['BOS', 'JFK', 4],
  ]);
  const stack = draw(panel('bar', columns, { ...sideways, stacked: true }), both).option;
  expect(stack.series[0].label.show).toBe(false);
  expect(stack.xAxis[0]).toMatchObject({ min: 0, axisLabel: { show: true } });
});

test('bars lie down when their names find room beside them only', () => {
  const check = (names: string[], first: 'xAxis' | 'yAxis') => {
    const rows = names.map((name, at) => [name, at]);
    const bars = panel('bar', [column('name'), measure('n')]);
    const { option } = draw(bars, result({ name: 'string', n: 'integer' }, rows));
    expect(option[first][0].data).toEqual(names);
  };
  const numbered = (name: string, count: number) =>
    Array.from({ length: count }, (_, at) => `${name} ${at}`);
  check(numbered('A', 10), 'xAxis');
  check(numbered('A name of many letters', 10), 'yAxis');
  check(numbered('A name of many letters', 3), 'xAxis');
  check(numbered('A name of many letters', 60), 'xAxis');
});

test('of names below bars each is cut, or some are left out', () => {
  const below = (names: string[]) => {
    const rows = result(
      { name: 'string', n: 'integer' },
      names.map((name, at) => [name, at]),
    );
    return draw(panel('bar', [column('name'), measure('n')]), rows).option.xAxis[0].axisLabel;
  };
  const few = ['A name of many letters that is cut', 'Short', 'Brief', 'Small'];
  expect(below(few)).toMatchObject({ interval: 0, overflow: 'truncate' });
  const many = Array.from({ length: 60 }, (_, at) => `N${at}`);
  expect(below(many).interval).toBeGreaterThan(1);
});

test('names too long for their room are cut', () => {
  const long = 'A name that is much longer than a third of the chart is wide';
  const rows = result({ month: 'date', origin: 'string', n: 'integer' }, [
    ['2013-01-01', long, 10],
    ['2013-01-01', 'JFK', 20],
  ]);
  const lines = panel('line', [MONTH, column('origin'), measure('n')]);
  const { option } = draw(lines, rows);
  expect(option.graphic.elements[0].style.text).toMatch(/^A name that.*…$/);
  expect(option.grid[0].right).toBeLessThan(200);
  expect(draw(lines, rows, 300).option.legend.formatter(long)).toMatch(/…$/);
});

test('figures of different kinds get scales of their own', () => {
  const rows = result({ dest: 'string', n: 'integer', delay: 'float' }, [['BOS', 5000, 3.5]]);
  const columns = [column('dest'), measure('n'), measure('delay', 'min')];
  for (const orientation of ['horizontal', 'vertical'] as const) {
    const { option } = draw(panel('bar', columns, { orientation }), rows);
    expect(option.grid).toHaveLength(2);
    expect(option.title.map(({ text }: { text: string }) => text)).toEqual(['N', 'Delay (min)']);
  }
});

test('a tooltip tells exact values as plain texts', () => {
  const rows = result({ dest: 'string', n: 'integer' }, [['<img src=x>', '9007199254740993']]);
  const { tooltip } = draw(panel('bar', [column('dest'), measure('n')]), rows);
  expect(tooltip(0)).toEqual({
    title: '<img src=x>',
    rows: [{ color: CANVAS.theme.series[0], name: 'N', value: '9,007,199,254,740,993' }],
  });
});

test('a tooltip over lines begins with the highest and leaves out what is missing', () => {
  const { tooltip } = draw(panel('line', [MONTH, column('origin'), measure('n')]), byOrigin);
  expect(tooltip(0).rows.map(({ name }: { name: string }) => name)).toEqual(['JFK', 'EWR']);
  expect(tooltip(1).rows.map(({ name }: { name: string }) => name)).toEqual(['EWR']);
});

test('charts stand empty or small sizes', () => {
  const empty = result({ month: 'date', n: 'integer' }, []);
  for (const type of ['line', 'bar'] as const) {
    const one = panel(type, [MONTH, measure('n')]);
    expect(() => draw(one, empty)).not.toThrow();
    expect(() => draw(one, monthly, 40)).not.toThrow();
  }
});
