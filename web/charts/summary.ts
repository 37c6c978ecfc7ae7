/** A chart in one or two sentences, for those who do not see it. */

import type { Panel, Result } from './panel.ts';
import { type Series, shapeOf } from './shape.ts';
import type { Writer } from './writer.ts';

const KINDS = {
  bar: 'Bar chart',
  line: 'Line chart',
  kpi: 'Figure',
  kpi_trend: 'Figure',
  table: 'Table',
} as const;
const MOST_SERIES = 4;

export function summaryOf(panel: Panel, result: Result, writer: Writer): string {
  const { positions, facets } = shapeOf(panel, result, writer);
  const series = facets.flatMap((facet) => facet.series);
  const first = positions.labels[0];
  const last = positions.labels.at(-1);
  const kind = `${KINDS[panel.type]}: ${panel.title}.`;
  if (first === undefined || last === undefined || series.length === 0) return `${kind} No data.`;
  const span = positions.times
    ? ` From ${first} to ${last}.`
    : ` ${positions.labels.length} values.`;
  const told = series.slice(0, MOST_SERIES).map((one) => extremes(one, positions.labels, writer));
  const more =
    series.length > MOST_SERIES ? ` And ${series.length - MOST_SERIES} more series.` : '';
  return `${kind}${span} ${told.filter(Boolean).join(' ')}${more}`;
}

function extremes(series: Series, labels: readonly string[], writer: Writer): string {
  const points = series.values.flatMap((value, at) => (value === null ? [] : [{ value, at }]));
  if (points.length === 0) return '';
  const highest = points.reduce((a, b) => (b.value > a.value ? b : a));
  const lowest = points.reduce((a, b) => (b.value < a.value ? b : a));
  const tell = ({ at }: { at: number }) =>
    `${writer.exact(series.cells[at] ?? null, series.field)} (${labels[at]})`;
  if (points.length === 1) return `${series.label}: ${tell(highest)}.`;
  return `${series.label}: highest ${tell(highest)}, lowest ${tell(lowest)}.`;
}
