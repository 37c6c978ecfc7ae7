/** Bars: upwards or to the right, side by side or stacked. They begin at zero. */

import { timeLabels } from './axis-labels.ts';
import {
  axisWidth,
  type Canvas,
  colorOf,
  type Draw,
  endLabels,
  frame,
  label,
  legend,
  legendHeight,
  namesBelow,
  tooltipFor,
  valueAxis,
} from './drawing.ts';
import { type Panel, withUnit } from './panel.ts';
import { niceScale, shortened, textWidth } from './scale.ts';
import { type Facet, facetValues, isCount, type Shape, shapeOf, stackTotals } from './shape.ts';

const BAR_WIDTH = 40;
const GAP_BETWEEN = 24;
const HEADING = 20;
/** The least height of a bar with a label at its end. */
const END_LABEL = 15;
/** The height of a name beside a bar. */
const NAME = 14;
const NO_TICKS = { show: false };
/** About the width of the values beside upright bars. */
const VALUES = 44;
/** The height of the labels under an axis, and half the width of the last of them. */
const AXIS = 24;
const AXIS_END = 20;

export const drawBars: Draw = (declared, result, canvas) => {
  const shape = shapeOf(declared, result, canvas.writer);
  const panel = { ...declared, orientation: orientationOf(declared, shape, canvas) };
  const upright = panel.orientation === 'vertical';
  const all = shape.facets.flatMap(({ series }) => series);
  const needsLegend = shape.facets.some(({ series }) => series.length > 1);
  const top = needsLegend ? legendHeight(all, canvas.width) : 0;
  const labelled = haveEndLabels(panel, shape, canvas.height - top);
  const axes = upright
    ? uprightAxes(panel, shape, canvas, top)
    : sidewaysAxes(panel, shape, canvas, top, labelled);
  const option = {
    ...frame(canvas),
    ...axes,
    ...(needsLegend && { legend: legend(all, canvas) }),
    axisPointer: { link: [upright ? { xAxisIndex: 'all' } : { yAxisIndex: 'all' }] },
    series: shape.facets.flatMap((facet, index) =>
      facetSeries(panel, facet, index, canvas, labelled),
    ),
  };
  option.tooltip = { ...option.tooltip, axisPointer: pointer(canvas) } as typeof option.tooltip;
  return { option, tooltip: tooltipFor(shape, canvas) };
};

function pointer({ theme }: Canvas) {
  return { type: 'shadow', shadowStyle: { color: theme.grid, opacity: 0.5 }, z: -1 };
}

/** Bars lie down when most of their names would be cut below them and find room beside them. */
function orientationOf(panel: Panel, shape: Shape, canvas: Canvas): Panel['orientation'] {
  const { labels, times } = shape.positions;
  const below = (canvas.width - VALUES) / Math.max(labels.length, 1) - 6;
  const cut = labels.filter((name) => textWidth(name) > below);
  const beside = heightOfBar(panel, shape, canvas.height);
  const isBetter = times === null && cut.length * 2 > labels.length && beside >= END_LABEL;
  return isBetter ? 'horizontal' : panel.orientation;
}

/** The height that a bar to the right would have, with its share of the gaps. */
function heightOfBar({ stacked }: Panel, { facets, positions }: Shape, height: number): number {
  const beside = stacked ? 1 : Math.max(...facets.map(({ series }) => series.length), 1);
  return height / Math.max(positions.labels.length * beside, 1);
}

/** Whether bars say their values at their ends. Where that finds no room, an axis tells them. */
function haveEndLabels(panel: Panel, shape: Shape, height: number): boolean {
  const isStacked = panel.stacked && shape.facets.some(({ series }) => series.length > 1);
  const isSideways = panel.orientation === 'horizontal';
  return isSideways && !isStacked && heightOfBar(panel, shape, height) >= END_LABEL;
}

function facetSeries(panel: Panel, facet: Facet, index: number, canvas: Canvas, labelled: boolean) {
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
        show: labelled,
        position: 'right',
        formatter: ({ dataIndex }: { dataIndex: number }) => endLabel(dataIndex),
      },
    };
  });
}

function scaleOf(panel: Panel, facet: Facet, count: number) {
  const isStacked = panel.stacked && facet.series.length > 1;
  const values = isStacked ? stackTotals(facet) : facetValues(facet);
  return niceScale(values, count, true, isCount(facet));
}

/** Facets stand above each other and share the positions below. */
function uprightAxes(panel: Panel, shape: Shape, canvas: Canvas, top: number) {
  const { facets, positions } = shape;
  const bottom = positions.times && positions.field?.bucket !== 'year' ? 36 : 24;
  const room = (canvas.height - top - bottom) / Math.max(facets.length, 1);
  const scales = facets.map((facet) => scaleOf(panel, facet, Math.max(2, Math.round(room / 56))));
  const left = axisWidth(canvas, facets, scales) + 10;
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
    ...headings(facets, canvas, canvas.width, (index) => ({
      left: 0,
      top: top + index * room + 2,
    })),
    xAxis: facets.map((_, index) => ({
      ...categories,
      gridIndex: index,
      axisLabel: { ...categories.axisLabel, show: index === facets.length - 1 },
    })),
    yAxis: facets.map((facet, index) => ({
      ...valueAxis(canvas, facet, scales[index] ?? UNIT),
      gridIndex: index,
    })),
  };
}

function uprightCategories({ positions }: Shape, canvas: Canvas, plot: number) {
  const { labels, times, field } = positions;
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
        : namesBelow(labels, plot)),
    },
  };
}

/** Facets stand side by side and share the names on the left. */
function sidewaysAxes(panel: Panel, shape: Shape, canvas: Canvas, top: number, labelled: boolean) {
  const { facets, positions } = shape;
  const widest = Math.max(...positions.labels.map(textWidth), 0);
  const namesRoom = Math.min(widest + 4, canvas.width * 0.35);
  const left = namesRoom + 10;
  const room =
    (canvas.width - left - GAP_BETWEEN * (facets.length - 1)) / Math.max(facets.length, 1);
  const head = top + (facets.length > 1 ? HEADING : 0) + 2;
  const bottom = labelled ? 0 : AXIS;
  const most = positions.labels.length * barRoom(panel, facets);
  const height = Math.max(Math.min(canvas.height - head - bottom, most), 10);
  const rooms = facets.map((facet) => (labelled ? endRooms(facet, canvas) : [0, AXIS_END]));
  const names = { type: 'category', inverse: true, data: positions.labels, axisTick: NO_TICKS };
  return {
    grid: facets.map((_, index) => {
      const [before = 0, after = 0] = rooms[index] ?? [];
      return {
        left: left + index * (room + GAP_BETWEEN) + before,
        width: Math.max(room - before - after, 10),
        top: head,
        height,
        outerBoundsMode: 'none',
      };
    }),
    ...headings(facets, canvas, room, (index) => ({
      left: left + index * (room + GAP_BETWEEN),
      top: top + 2,
    })),
    xAxis: facets.map((facet, index) => {
      const scale = scaleOf(panel, facet, Math.max(Math.round(room / 96), 2));
      const shown = labelled ? { ...scale, ...extent(scale, facet) } : scale;
      return { ...valueAxis(canvas, facet, shown, !labelled), gridIndex: index };
    }),
    yAxis: [
      ...facets.map((_, index) => ({
        ...names,
        gridIndex: index,
        axisLabel: { show: false },
        axisLine: { show: true, lineStyle: { color: canvas.theme.grid } },
      })),
      // The names stay at the left even when bars reach below zero.
      {
        ...names,
        gridIndex: 0,
        position: 'left',
        axisLine: { show: false, onZero: false },
        axisLabel: {
          ...label(canvas.theme, canvas.theme.text),
          margin: 8 + (rooms[0]?.[0] ?? 0),
          width: namesRoom,
          overflow: 'truncate',
          ellipsis: '…',
          interval: Math.max(Math.ceil((NAME * positions.labels.length) / height) - 1, 0),
        },
      },
    ],
  };
}

/** Labels at the ends of the bars say the values, so the axis ends with the longest bar. */
function extent(scale: { min: number; max: number }, facet: Facet) {
  const values = facetValues(facet);
  return { min: Math.min(0, ...values), max: Math.max(...values, 0) || scale.max };
}

/** The room for labels before the bars (of values below zero) and behind them. */
function endRooms(facet: Facet, canvas: Canvas): [before: number, after: number] {
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
  room: number,
  place: (index: number) => { left: number; top: number },
) {
  if (facets.length < 2) return {};
  return {
    title: facets.map((facet, index) => ({
      ...place(index),
      padding: 0,
      text: shortened(withUnit(facet.label, facet.field.format), room),
      textStyle: { ...label(canvas.theme), fontWeight: 'normal' },
    })),
  };
}

const UNIT = { min: 0, max: 1, interval: 1 };
