/** A KPI's figure and the last day that rows know of. */

import {
  type Cell,
  type Field,
  fieldsOf,
  isNumeric,
  isTemporal,
  type Panel,
  type Result,
  toNumber,
  withoutUnit,
} from './panel.ts';
import { nextBucket } from './time.ts';
import type { Writer } from './writer.ts';

export interface Figure {
  readonly text: string;
  readonly unit: string | null;
  /** The whole value where the text is shortened, else the same. */
  readonly exact: string;
}

/** Figures from here on are shortened: nobody reads nine digits at a glance. */
const SHORTEN_FROM = 1_000_000;

/**
 * The figure of a KPI, which is the last column of its one row, or of a trend's whole period; null
 * when there is none.
 */
export function figureOf(panel: Panel, result: Result, writer: Writer): Figure | null {
  const field = fieldsOf(panel, result).at(-1);
  const comparison = result.comparison;
  const cell = comparison ? comparison.current : field && result.rows[0]?.[field.index];
  if (!field || cell === null || cell === undefined) return null;
  const exact = writer.exact(cell, field);
  return {
    unit: isNumeric(field) ? field.format.unit : null,
    exact,
    text: bareText(cell, field, writer),
  };
}

/** A figure with its unit, as short as the large one. */
export function figureText(cell: NonNullable<Cell>, field: Field, writer: Writer): string {
  const text = bareText(cell, field, writer);
  return isNumeric(field) && field.format.unit ? `${text}\u00a0${field.format.unit}` : text;
}

/** Without the unit, and shortened when it is long. */
function bareText(cell: NonNullable<Cell>, field: Field, writer: Writer): string {
  const bare = withoutUnit(field);
  const number = isNumeric(field) ? toNumber(cell) : null;
  const isLong = number !== null && Math.abs(number) >= SHORTEN_FROM;
  return isLong ? writer.short(number, bare) : kpiText(cell, bare, writer);
}

/** Means are told to one decimal unless the author wants more. */
function kpiText(cell: NonNullable<Cell>, field: Field, writer: Writer): string {
  const number = toNumber(cell);
  const isFraction = isNumeric(field) && field.type !== 'integer' && number !== null;
  const plain = field.format.style === 'auto' || field.format.style === 'number';
  const large = isFraction && plain && Math.abs(number) >= 1;
  return writer.exact(cell, field, large ? 1 : undefined);
}

/** The last moment (wall time) of the latest bucket or time in the rows; null when they have none. */
export function latestMoment(panel: Panel, result: Result, writer: Writer): number | null {
  let latest: number | null = null;
  for (const field of fieldsOf(panel, result).filter(isTemporal)) {
    for (const row of result.rows) {
      const start = writer.wall(row[field.index] ?? null, field);
      if (start === null) continue;
      const end = field.bucket === null ? start : nextBucket(start, field.bucket) - 1;
      if (latest === null || end > latest) latest = end;
    }
  }
  return latest;
}
