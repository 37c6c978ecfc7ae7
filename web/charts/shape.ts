/** From rows to what a chart draws: positions along one axis, series, and scales they share. */

import { naturalOrder } from './natural-order.ts';
import {
  type Cell,
  type Field,
  fieldsOf,
  isNumeric,
  isTemporal,
  type Panel,
  type Result,
  toNumber,
} from './panel.ts';
import { everyBucket } from './time.ts';
import type { Writer } from './writer.ts';

/** The axis along which the rows stand. */
export interface Positions {
  readonly field: Field | null;
  /** How each position reads. */
  readonly labels: readonly string[];
  /** Wall times of the positions, in order; null when they are no times. */
  readonly times: readonly number[] | null;
}

export interface Series {
  readonly label: string;
  readonly field: Field;
  /** Its place in the palette. */
  readonly color: number;
  /** One value for each position; null where there is none. */
  readonly values: readonly (number | null)[];
  /** The same values as they were sent, for exact texts. */
  readonly cells: readonly Cell[];
}

/** Series that share a scale, because their figures can be compared. */
export interface Facet {
  readonly label: string;
  readonly field: Field;
  readonly series: readonly Series[];
}

export interface Shape {
  readonly positions: Positions;
  readonly facets: readonly Facet[];
}

/** More series than this are not told apart by anyone. */
const MOST_SERIES = 40;

export function shapeOf(panel: Panel, result: Result, writer: Writer): Shape {
  const { along, across, measures } = roles(fieldsOf(panel, result));
  const positions = positionsOf(along, result, writer);
  const place = placer(along, positions, writer);
  const names = across.length > 0 ? namesAcross(across, result, writer) : [null];
  const series: Series[] = [];
  for (const name of names.slice(0, MOST_SERIES)) {
    const rows = result.rows.filter((row) => name === null || nameOf(across, row, writer) === name);
    for (const field of measures) {
      const cells: Cell[] = positions.labels.map(() => null);
      for (const row of rows) {
        const index = place(row);
        if (index !== undefined) cells[index] = row[field.index] ?? null;
      }
      const label =
        name === null ? field.label : measures.length > 1 ? `${name} · ${field.label}` : name;
      series.push({ label, field, color: 0, cells, values: cells.map(toNumber) });
    }
  }
  return { positions, facets: facetsOf(series) };
}

/** What each column does: a time goes along the axis wherever the author named it. */
function roles(fields: readonly Field[]) {
  const measures = fields.filter((field) => field.role === 'measure' && isNumeric(field));
  const dimensions = fields.filter((field) => field.role !== 'measure');
  const along = dimensions.find(isTemporal) ?? dimensions[0] ?? null;
  return { along, across: dimensions.filter((field) => field !== along), measures };
}

function positionsOf(field: Field | null, result: Result, writer: Writer): Positions {
  if (field === null) return { field, labels: [''], times: null };
  const cells = result.rows.map((row) => row[field.index] ?? null);
  if (isTemporal(field)) {
    const known = cells.map((cell) => writer.wall(cell, field)).filter((at) => at !== null);
    const times = everyBucket(known, field.bucket);
    return { field, times, labels: times.map((at) => writer.period(at, field.bucket)) };
  }
  const labels = [...new Set(cells.map((cell) => writer.exact(cell, field)))];
  return { field, labels, times: null };
}

/** Finds a row's position. */
function placer(field: Field | null, { labels, times }: Positions, writer: Writer) {
  if (field === null) return () => 0;
  const keys: readonly (number | string | null)[] = times ?? labels;
  const index = new Map(keys.map((key, at) => [key, at]));
  return (row: readonly Cell[]) => {
    const cell = row[field.index] ?? null;
    return index.get(times ? writer.wall(cell, field) : writer.exact(cell, field));
  };
}

/** Sorted, so that a series keeps its colour however the rows are ordered. */
function namesAcross(across: readonly Field[], result: Result, writer: Writer): string[] {
  const names = new Set(result.rows.map((row) => nameOf(across, row, writer)));
  return [...names].sort(naturalOrder);
}

function nameOf(across: readonly Field[], row: readonly Cell[], writer: Writer): string {
  return across.map((field) => writer.exact(row[field.index] ?? null, field)).join(' · ');
}

function facetsOf(series: readonly Series[]): Facet[] {
  const facets = new Map<string, Series[]>();
  for (const one of series) {
    const key = measureKind(one.field);
    facets.set(key, [...(facets.get(key) ?? []), one]);
  }
  joinMeans(facets);
  return [...facets.values()].flatMap((group) => {
    const field = group[0]?.field;
    if (!field) return [];
    const names = [...new Set(group.map((one) => one.field.label))];
    // Colours tell apart what shares a scale, so each facet begins anew.
    const colored = group.map((one, color) => ({ ...one, color }));
    return [{ label: names.join(', '), field, series: colored }];
  });
}

/** Figures of one kind may share an axis: counts do not mix with means, nor minutes with money. */
function measureKind({ format, type }: Field): string {
  const { style, unit, currency } = format;
  const plain = style === 'auto' || style === 'number';
  if (plain && !unit) return type === 'integer' ? COUNTS : MEANS;
  return JSON.stringify([plain ? 'number' : style, unit, currency]);
}

const COUNTS = 'counts';
const MEANS = 'means';

/** Means that lie among the counts, such as their own average, do share their axis. */
function joinMeans(facets: Map<string, Series[]>): void {
  const [counts, means] = [facets.get(COUNTS), facets.get(MEANS)];
  if (!counts || !means) return;
  const [low, high] = rangeOf(counts);
  const [least, most] = rangeOf(means);
  if (least > high || most < low) return;
  const [first = COUNTS] = [...facets.keys()].filter((key) => key === COUNTS || key === MEANS);
  facets.delete(first === COUNTS ? MEANS : COUNTS);
  facets.set(first, first === COUNTS ? [...counts, ...means] : [...means, ...counts]);
}

function rangeOf(series: readonly Series[]): [number, number] {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  return [Math.min(...known), Math.max(...known)];
}

/** Totals per position of a stacked facet, positive and negative parts apart. */
export function stackTotals(facet: Facet): number[] {
  const length = facet.series[0]?.values.length ?? 0;
  return Array.from({ length }, (_, index) => index).flatMap((index) => {
    const values = facet.series.map(({ values }) => values[index] ?? 0);
    const up = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
    const down = values.reduce((sum, value) => sum + Math.min(value, 0), 0);
    return [up, down];
  });
}

/** The values of a facet that are there. */
export function facetValues(facet: Facet): number[] {
  return facet.series.flatMap(({ values }) => values.filter((value) => value !== null));
}

/** Whether the figures are whole numbers, between which there is nothing. */
export function isCount({ field }: Facet): boolean {
  return field.type === 'integer' && field.format.style !== 'percent';
}
