/** Bars: upwards or to the right, side by side or stacked. They begin at zero. */

import { timeLabels } from './axis-labels.ts';
import {
  type Canvas,
  colorOf,
  type Draw,
  endLabels,
  frame,
  label,
  legend,
  legendHeight,
  tooltipFor,
  valueAxis,
} from './drawing.ts';
import { heading, type Panel } from './panel.ts';
import { gridValues, niceScale, textWidth } from './scale.ts';
import { type Facet, facetValues, type Shape, shapeOf, stackTotals } from './shape.ts';

const BAR_WIDTH = 40;
const GAP_BETWEEN = 24;
const HEADING = 20;

export const drawBars: Draw = (panel, result, canvas) => {
  const shape = shapeOf(panel, result, canvas.writer);
  const upright = panel.orientation === 'vertical';
  const all = shape.facets.flatMap(({ series }) => series);
  const needsLegend = shape.facets.some(({ series }) => series.length > 1);
  const top = needsLegend ? legendHeight(all, canvas.width) : 0;
  const axes = upright
    ? uprightAxes(panel, shape, canvas, top)
    : sidewaysAxes(panel, shape, canvas, top);
  const option = {
    ...frame(canvas),
    ...axes,
    ...(needsLegend && { legend: legend(all, canvas) }),
    axisPointer: { link: [upright ? { xAxisIndex: 'all' } : { yAxisIndex: 'all' }] },
    series: shape.facets.flatMap((facet, index) => facetSeries(panel, facet, index, canvas)),
  };
  option.tooltip = { ...option.tooltip, axisPointer: pointer(canvas) } as typeof option.tooltip;
  return { option, tooltip: tooltipFor(shape, canvas) };
};

function pointer({ theme }: Canvas) {
  return { type: 'shadow', shadowStyle: { color: theme.grid, opacity: 0.5 }, z: -1 };
}

function facetSeries(panel: Panel, facet: Facet, index: number, canvas: Canvas) {
  const upright = panel.orientation === 'vertical';
  const several = facet.series.length > 1;
  const isStacked = panel.stacked && several;
  return facet.series.map((series) => {
    const endLabel = endLabels(series, canvas);
    return {
      type: 'bar',
      name: series.label,
      data: series.values.map((value) => {
        // Below zero the end of a bar is on its left.
        const isLeftwards = value !== null && value < 0 && !upright;
        return isLeftwards ? { value, label: { position: 'left' } } : value;
      }),
      xAxisIndex: index,
      yAxisIndex: index,
      barMaxWidth: BAR_WIDTH,
      barCategoryGap: several && !isStacked ? '28%' : '32%',
      barGap: '8%',
      ...(isStacked && { stack: `stack-${index}` }),
      itemStyle: {
        color: colorOf(series, canvas.theme),
        ...(isStacked
          ? { borderColor: canvas.theme.surface, borderWidth: 0.5 }
          : { borderRadius: upright ? [2, 2, 0, 0] : [0, 2, 2, 0] }),
      },
      emphasis: { disabled: true },
      label: {
        ...label(canvas.theme, canvas.theme.text),
        show: !upright && !isStacked,
        position: 'right',
        formatter: ({ dataIndex }: { dataIndex: number }) => endLabel(dataIndex),
      },
    };
  });
}

function scaleOf(panel: Panel, facet: Facet, count: number) {
  const isStacked = panel.stacked && facet.series.length > 1;
  return niceScale(isStacked ? stackTotals(facet) : facetValues(facet), count, true);
}

/** Facets stand above each other and share the positions below. */
function uprightAxes(panel: Panel, shape: Shape, canvas: Canvas, top: number) {
  const { facets, positions } = shape;
  const bottom = positions.times && positions.field?.bucket !== 'year' ? 36 : 24;
  const room = (canvas.height - top - bottom) / Math.max(facets.length, 1);
  const scales = facets.map((facet) => scaleOf(panel, facet, Math.max(2, Math.round(room / 56))));
  const widths = facets.flatMap((facet, index) =>
    gridValues(scales[index] ?? UNIT).map((value) =>
      textWidth(canvas.writer.short(value, facet.field)),
    ),
  );
  const left = Math.max(...widths, 16) + 10;
  const plot = canvas.width - left - 4;
  const categories = uprightCategories(shape, canvas, plot);
  return {
    grid: facets.map((_, index) => ({
      left,
      right: 4,
      top: top + index * room + (facets.length > 1 ? HEADING + 8 : 10),
      height: Math.max(room - (facets.length > 1 ? HEADING + 16 : 10), 10),
      outerBoundsMode: 'none',
    })),
    ...headings(facets, canvas, (index) => ({ left: 0, top: top + index * room + 2 })),
    xAxis: facets.map((_, index) => ({
      ...categories,
      gridIndex: index,
      axisLabel: { ...categories.axisLabel, show: index === facets.length - 1 },
    })),
    yAxis: facets.map((facet, index) => ({
      ...valueAxis(canvas, facet),
      ...scales[index],
      gridIndex: index,
    })),
  };
}

function uprightCategories({ positions }: Shape, canvas: Canvas, plot: number) {
  const { labels, times, field } = positions;
  const each = plot / Math.max(labels.length, 1);
  const ticks = times && timeLabels(times, field?.bucket ?? null, plot, canvas.writer);
  return {
    type: 'category',
    data: labels,
    axisTick: { show: false },
    axisLine: { show: true, onZero: true, lineStyle: { color: canvas.theme.grid } },
    axisLabel: {
      ...label(canvas.theme),
      margin: 8,
      lineHeight: 14,
      ...(ticks
        ? {
            interval: 0,
            formatter: (_: string, index: number) => ticks.get(times?.[index] ?? Number.NaN) ?? '',
          }
        : { hideOverlap: true, width: Math.max(each - 6, 40), overflow: 'truncate' }),
    },
  };
}

/** Facets stand side by side and share the names on the left. */
function sidewaysAxes(panel: Panel, shape: Shape, canvas: Canvas, top: number) {
  const { facets, positions } = shape;
  const widest = Math.max(...positions.labels.map(textWidth), 0);
  const names = Math.min(widest, canvas.width * 0.35);
  const left = names + 10;
  const room =
    (canvas.width - left - GAP_BETWEEN * (facets.length - 1)) / Math.max(facets.length, 1);
  const head = top + (facets.length > 1 ? HEADING : 0) + 2;
  const height = Math.min(canvas.height - head, positions.labels.length * barRoom(panel, facets));
  return {
    grid: facets.map((facet, index) => {
      const [before, after] = endRooms(panel, facet, canvas);
      return {
        left: left + index * (room + GAP_BETWEEN) + before,
        width: Math.max(room - before - after, 10),
        top: head,
        height: Math.max(height, 10),
        outerBoundsMode: 'none',
      };
    }),
    ...headings(facets, canvas, (index) => ({
      left: left + index * (room + GAP_BETWEEN),
      top: top + 2,
    })),
    xAxis: facets.map((facet, index) => ({
      ...valueAxis(canvas, facet, false),
      ...extent(scaleOf(panel, facet, 4), facet),
      gridIndex: index,
    })),
    yAxis: facets.map((_, index) => ({
      type: 'category',
      inverse: true,
      data: positions.labels,
      gridIndex: index,
      axisTick: { show: false },
      // The names stay at the left even when bars reach below zero.
      axisLine: { show: true, onZero: index > 0, lineStyle: { color: canvas.theme.grid } },
      axisLabel: {
        ...label(canvas.theme, canvas.theme.text),
        show: index === 0,
        margin: 8,
        width: names,
        overflow: 'truncate',
        hideOverlap: true,
      },
    })),
  };
}

/** Labels at the ends of the bars say the values, so the axis ends with the longest bar. */
function extent(scale: { min: number; max: number }, facet: Facet) {
  const values = facetValues(facet);
  return { min: Math.min(0, ...values), max: Math.max(...values, 0) || scale.max };
}

/** The room for labels before the bars (of values below zero) and behind them. */
function endRooms(panel: Panel, facet: Facet, canvas: Canvas): [before: number, after: number] {
  if (panel.stacked && facet.series.length > 1) return [0, 4];
  const widths = (isWanted: (value: number) => boolean) =>
    facet.series.flatMap((series) => {
      const endLabel = endLabels(series, canvas);
      return series.values.map((value, position) =>
        value !== null && isWanted(value) ? textWidth(endLabel(position)) + 8 : 0,
      );
    });
  return [
    Math.max(...widths((value) => value < 0), 0),
    Math.max(...widths((value) => value >= 0), 2),
  ];
}

/** The most height that one position needs; few bars stand at the top, not far apart. */
function barRoom(panel: Panel, facets: readonly Facet[]): number {
  const beside = panel.stacked ? 1 : Math.max(...facets.map(({ series }) => series.length), 1);
  return beside === 1 ? 44 : beside * 24 + 16;
}

/** Each facet says what it measures, when there are several. */
function headings(
  facets: readonly Facet[],
  canvas: Canvas,
  place: (index: number) => { left: number; top: number },
) {
  if (facets.length < 2) return {};
  return {
    title: facets.map((facet, index) => ({
      ...place(index),
      padding: 0,
      text: heading({ ...facet.field, label: facet.label }),
      textStyle: { ...label(canvas.theme), fontWeight: 'normal' },
    })),
  };
}

const UNIT = { min: 0, max: 1, interval: 1 };
