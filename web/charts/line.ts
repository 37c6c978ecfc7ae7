/** Lines over time or over categories. A missing value is a gap; names stand at the lines' ends. */

import { timeLabels } from './axis-labels.ts';
import {
  axisWidth,
  type Canvas,
  colorOf,
  type Draw,
  FONT_SIZE,
  frame,
  label,
  legend,
  legendHeight,
  namesBelow,
  tooltipFor,
  valueAxis,
} from './drawing.ts';
import { withUnit } from './panel.ts';
import { niceScale, type Scale, shortened, spread, textWidth } from './scale.ts';
import { type Facet, facetValues, isCount, type Series, type Shape, shapeOf } from './shape.ts';

/** More lines than this, or a narrower chart, get a legend instead of names at their ends. */
const MOST_DIRECT = 6;
const DIRECT_FROM = 360;
/** The part of the width that names take at most. */
const MOST_NAMES = 0.3;
const HEADING = 20;

/** Where one facet is drawn, in pixels. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
}

export const drawLines: Draw = (panel, result, canvas) => {
  const shape = shapeOf(panel, result, canvas.writer);
  const { facets } = shape;
  const all = facets.flatMap(({ series }) => series);
  const needsNames = facets.some(({ series }) => series.length > 1);
  const fewest = Math.max(...facets.map(({ series }) => series.length), 0) <= MOST_DIRECT;
  const isDirect = needsNames && fewest && canvas.width >= DIRECT_FROM;
  const needsLegend = needsNames && !isDirect;
  const top = needsLegend ? legendHeight(all, canvas.width) : 0;
  const right = isDirect ? namesRoom(all, canvas) + 12 : 16;
  const { boxes, scales } = layOut(facets, canvas, top, right);
  const option = {
    ...frame(canvas),
    grid: boxes.map((box) => ({ ...box, outerBoundsMode: 'none' })),
    ...(facets.length > 1 && { title: headings(facets, boxes, canvas) }),
    ...(needsLegend && { legend: legend(all, canvas) }),
    ...(isDirect && { graphic: { elements: names(facets, boxes, scales, canvas) } }),
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    xAxis: facets.map((_, index) => xAxis(shape, canvas, boxes, index)),
    yAxis: facets.map((facet, index) => ({
      ...valueAxis(canvas, facet, scales[index] as Scale),
      gridIndex: index,
    })),
    series: facets.flatMap((facet, index) =>
      facet.series.map((series) => lineSeries(shape, series, index, canvas)),
    ),
  };
  const line = { type: 'line', lineStyle: { color: canvas.theme.rest, width: 1, type: 'solid' } };
  option.tooltip = { ...option.tooltip, axisPointer: line } as typeof option.tooltip;
  return { option, tooltip: tooltipFor(shape, canvas, 'largest first') };
};

/** The room for names at the ends: by the longest, up to a part of the chart. */
function namesRoom(all: readonly Series[], { width }: Canvas): number {
  const widest = Math.max(...all.map((series) => textWidth(series.label)));
  return Math.min(widest, width * MOST_NAMES);
}

function layOut(facets: readonly Facet[], canvas: Canvas, top: number, right: number) {
  const bottom = 36;
  const head = facets.length > 1 ? HEADING + 8 : 10;
  const room = (canvas.height - top - bottom) / Math.max(facets.length, 1);
  const height = Math.max(room - head - (facets.length > 1 ? 8 : 0), 10);
  const count = Math.max(2, Math.round(height / 56));
  const scales = facets.map((facet) => niceScale(facetValues(facet), count, false, isCount(facet)));
  const left = axisWidth(canvas, facets, scales) + 10;
  const boxes = facets.map(
    (_, index): Box => ({ left, right, top: top + index * room + head, height }),
  );
  return { boxes, scales };
}

function xAxis(shape: Shape, canvas: Canvas, boxes: readonly Box[], index: number) {
  const { labels, times, field } = shape.positions;
  const shared = {
    gridIndex: index,
    axisTick: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color: canvas.theme.grid } },
    splitLine: { show: false },
  };
  const text = {
    ...label(canvas.theme),
    show: index === boxes.length - 1,
    margin: 8,
    lineHeight: 14,
  };
  const box = boxes[index];
  const width = canvas.width - (box?.left ?? 0) - (box?.right ?? 0);
  if (times === null) {
    const axisLabel = { ...text, ...namesBelow(labels, width) };
    return { ...shared, type: 'category', boundaryGap: false, data: labels, axisLabel };
  }
  const ticks = timeLabels(times, field?.bucket ?? null, width, canvas.writer);
  return {
    ...shared,
    type: 'time',
    min: times[0],
    max: times.at(-1),
    axisLabel: {
      ...text,
      customValues: [...ticks.keys()],
      formatter: (at: number) => ticks.get(at) ?? '',
    },
  };
}

function lineSeries(shape: Shape, series: Series, index: number, canvas: Canvas) {
  const { times } = shape.positions;
  const color = colorOf(series, canvas.theme);
  return {
    type: 'line',
    name: series.label,
    xAxisIndex: index,
    yAxisIndex: index,
    data: series.values.map((value, at) => {
      const point = times ? [times[at], value] : value;
      const alone =
        value !== null && series.values[at - 1] == null && series.values[at + 1] == null;
      // A point between two gaps has no line that would show it.
      return alone ? { value: point, symbol: 'circle', symbolSize: 5 } : point;
    }),
    connectNulls: false,
    showSymbol: true,
    symbol: 'none',
    lineStyle: { color, width: 2, join: 'round', cap: 'round' },
    itemStyle: { color },
    emphasis: { disabled: true },
  };
}

/** The names at the ends of the lines, moved apart where they would meet. */
function names(
  facets: readonly Facet[],
  boxes: readonly Box[],
  scales: readonly Scale[],
  canvas: Canvas,
) {
  return facets.flatMap((facet, index) => {
    const box = boxes[index] as Box;
    const scale = scales[index] as Scale;
    const height = (value: number) =>
      box.top + box.height * (1 - (value - scale.min) / (scale.max - scale.min));
    const ends = facet.series.flatMap((series) => {
      const last = series.values.findLast((value) => value !== null);
      return last == null ? [] : [{ series, at: height(last) }];
    });
    const centres = spread(
      ends.map(({ at }) => at),
      16,
      box.top - 8,
      box.top + box.height + 8,
    );
    return ends.map(({ series }, at) => ({
      type: 'text',
      x: canvas.width - box.right + 8,
      y: centres[at],
      silent: true,
      style: {
        text: shortened(series.label, box.right - 12),
        fill: colorOf(series, canvas.theme),
        font: `500 ${FONT_SIZE}px ${canvas.theme.font}`,
        align: 'left',
        verticalAlign: 'middle',
      },
    }));
  });
}

function headings(facets: readonly Facet[], boxes: readonly Box[], canvas: Canvas) {
  return facets.map((facet, index) => ({
    left: 0,
    top: (boxes[index]?.top ?? 0) - HEADING - 4,
    padding: 0,
    text: withUnit(facet.label, facet.field.format),
    textStyle: { ...label(canvas.theme), fontWeight: 'normal' },
  }));
}
