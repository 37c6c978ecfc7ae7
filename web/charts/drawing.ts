/** A chart as ECharts takes it, and what its tooltip says. */

import type { EChartsCoreOption } from 'echarts/core';

import type { ChartTheme } from './palette.ts';
import { type Panel, type Result, withoutUnit } from './panel.ts';
import { gridValues, type Scale, shortened, textWidth } from './scale.ts';
import type { Facet, Series, Shape } from './shape.ts';
import { columnDigits, type Writer } from './writer.ts';

export interface Canvas {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly theme: ChartTheme;
  readonly writer: Writer;
}

export interface Drawing {
  readonly option: EChartsCoreOption;
  /** What is told about a position; texts, never markup. */
  tooltip(position: number): TooltipContent;
}

export interface TooltipContent {
  readonly title: string;
  readonly rows: readonly {
    readonly color: string;
    readonly name: string;
    readonly value: string;
  }[];
}

export type Draw = (panel: Panel, result: Result, canvas: Canvas) => Drawing;

/** The colour of a series; beyond the palette all share a quiet one. */
export function colorOf(series: Series, theme: ChartTheme): string {
  return theme.series[series.color] ?? theme.rest;
}

export const FONT_SIZE = 12;

/** The text style of every label on a chart. */
export function label(theme: ChartTheme, color = theme.quiet) {
  return { color, fontSize: FONT_SIZE, fontFamily: theme.font };
}

/** Options that all charts share. */
export function frame({ theme }: Canvas) {
  return {
    useUTC: true,
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: theme.font, fontSize: FONT_SIZE, color: theme.text },
    tooltip: {
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      backgroundColor: 'transparent',
      borderWidth: 0,
      padding: 0,
      extraCssText: 'box-shadow:none',
    },
  };
}

/** An axis of values: faint lines, no strokes. */
export function valueAxis(canvas: Canvas, facet: Facet, scale: Scale, show = true) {
  return {
    ...scale,
    type: 'value',
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show, lineStyle: { color: canvas.theme.grid, width: 1 } },
    axisLabel: {
      ...label(canvas.theme),
      show,
      margin: 8,
      formatter: axisText(canvas, facet, scale),
    },
  };
}

function axisText({ writer }: Canvas, { field }: Facet, { min, max }: Scale) {
  const largest = Math.max(Math.abs(min), Math.abs(max));
  return (value: number) => writer.axis(value, field, largest);
}

/** The width of the widest text beside the axes, in pixels. */
export function axisWidth(canvas: Canvas, facets: readonly Facet[], scales: readonly Scale[]) {
  const widths = facets.flatMap((facet, index) => {
    const scale = scales[index];
    return scale
      ? gridValues(scale)
          .map(axisText(canvas, facet, scale))
          .map(textWidth)
      : [];
  });
  return Math.max(...widths, 16);
}

/**
 * Names below a plot of `width` pixels, which share it evenly: cut where there is room for the
 * beginning of each, else only every second, third and so on.
 */
export function namesBelow(names: readonly string[], width: number) {
  const each = width / Math.max(names.length, 1);
  const widest = Math.max(...names.map(textWidth), 0) + NAME_GAP;
  const step = Math.max(Math.ceil(Math.min(widest, NAME_LEAST) / each), 1);
  return {
    interval: step - 1,
    showMinLabel: true,
    width: each * step - NAME_GAP,
    overflow: 'truncate',
    ellipsis: '…',
  };
}

const NAME_GAP = 8;
const NAME_LEAST = 56;

/** What the tooltip says about a position: the series in the order a reader sees them. */
export function tooltipFor(
  shape: Shape,
  canvas: Canvas,
  order: 'given' | 'largest first' = 'given',
) {
  return (position: number): TooltipContent => {
    const all = shape.facets.flatMap(({ series }) => series);
    const present = all.filter(({ values }) => values[position] != null);
    if (order === 'largest first') {
      present.sort((a, b) => (b.values[position] ?? 0) - (a.values[position] ?? 0));
    }
    return {
      title: shape.positions.labels[position] ?? '',
      rows: present.map((series) => ({
        color: colorOf(series, canvas.theme),
        name: series.label,
        value: canvas.writer.exact(series.cells[position] ?? null, series.field),
      })),
    };
  };
}

const LEGEND_ROW = 20;
const LEGEND_ITEM = 26;
/** The widest name of a legend, in parts of the chart's width and in pixels. */
const LEGEND_NAME = { share: 0.7, pixels: 240 };

function legendName(name: string, width: number): string {
  return shortened(name, Math.min(width * LEGEND_NAME.share, LEGEND_NAME.pixels));
}

/** The height of a legend, whose items wrap at the width of the chart. */
export function legendHeight(series: readonly Series[], width: number): number {
  let rows = 1;
  let used = 0;
  for (const { label } of series) {
    const item = textWidth(legendName(label, width)) + LEGEND_ITEM;
    if (used > 0 && used + item > width) {
      rows += 1;
      used = 0;
    }
    used += item;
  }
  return rows * LEGEND_ROW + 8;
}

export function legend(series: readonly Series[], { theme, width }: Canvas) {
  return {
    type: 'plain',
    top: 4,
    left: 0,
    padding: 0,
    itemGap: 12,
    itemWidth: 8,
    itemHeight: 8,
    icon: 'circle',
    itemStyle: { borderWidth: 0 },
    selectedMode: false,
    textStyle: { ...label(theme, theme.text), padding: [0, 0, 0, -2] },
    data: series.map(({ label }) => label),
    formatter: (name: string) => legendName(name, width),
  };
}

/** The texts beside bars: whole as far as there is room, with decimals that line up. */
export function endLabels(series: Series, { writer }: Canvas): (position: number) => string {
  const field = withoutUnit(series.field);
  const digits = field.type === 'integer' ? undefined : columnDigits(series.cells, field.format);
  return (position) => {
    const value = series.values[position];
    if (value == null) return '';
    if (Math.abs(value) >= 10_000) return writer.short(value, field);
    return writer.exact(series.cells[position] ?? null, field, digits);
  };
}
