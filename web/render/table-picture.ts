/** The first rows of a table: as many as the picture has room for, and a line that says so. */

import {
  type Cell,
  type Field,
  fieldsOf,
  heading,
  isNumeric,
  type Panel,
  type Result,
  withoutUnit,
} from '../charts/panel.ts';
import { columnDigits, MISSING, type Writer } from '../charts/writer.ts';
import type { Area } from './area.ts';
import { element, fitted, type TextStyle, textAt } from './svg.ts';

const ROW = 36;
/** Between two columns at least, and at the edges. */
const GAP = 24;
const SIDE = 16;
const MOST_WIDE = 320;
const LEAST_WIDE = 56;
const FOOT = 32;

interface Column {
  readonly title: string;
  readonly isNumber: boolean;
  readonly texts: readonly string[];
}

interface Placed extends Column {
  readonly left: number;
  readonly width: number;
}

export function tablePicture(panel: Panel, result: Result, area: Area): string {
  const total = result.total_rows ?? result.rows.length;
  const fitting = Math.floor((area.height - ROW) / ROW);
  const needsFoot = total > Math.min(fitting, result.rows.length);
  const room = needsFoot ? Math.floor((area.height - ROW - FOOT) / ROW) : fitting;
  const rows = result.rows.slice(0, Math.max(room, 0));
  const fields = fieldsOf(panel, result);
  const all = fields.map((field) => columnOf(field, rows, area.writer));
  const columns = placed(all, area);
  const note = [
    ...(needsFoot ? [`First ${counted(rows.length, area)} of ${counted(total, area)} rows`] : []),
    ...(columns.length < all.length ? [`${columns.length} of ${all.length} columns`] : []),
  ].join(' · ');
  return [
    ...columns.map((column) => drawnColumn(column, area)),
    ...rows.map((_, at) => rule(area, at)),
    ...(note === '' ? [] : [rule(area, rows.length), foot(note, rows.length, area)]),
  ].join('');
}

function columnOf(field: Field, rows: readonly (readonly Cell[])[], writer: Writer): Column {
  const cells = rows.map((row) => row[field.index] ?? null);
  const digits = field.type === 'integer' ? undefined : columnDigits(cells, field.format);
  const described = withoutUnit(field);
  return {
    title: heading(field),
    isNumber: isNumeric(field),
    texts: cells.map((cell) => writer.exact(cell, described, digits)),
  };
}

/** Columns by their content, set apart over the width; those that find no room are left out. */
function placed(columns: readonly Column[], area: Area): Placed[] {
  const room = area.width - 2 * SIDE;
  const kept = columns.slice(0, Math.max(Math.floor((room + GAP) / (LEAST_WIDE + GAP)), 1));
  const natural = kept.map((column) => naturalWidth(column, area));
  const widths = limited(natural, room - GAP * (kept.length - 1));
  const used = widths.reduce((total, width) => total + width, 0);
  const gap = (room - used) / Math.max(kept.length - 1, 1);
  let left = SIDE;
  return kept.map((column, at) => {
    const width = widths[at] ?? 0;
    const here = { ...column, left, width };
    left += width + gap;
    return here;
  });
}

function naturalWidth({ title, texts }: Column, { measure }: Area): number {
  const widest = Math.max(measure(title, 12, 400), ...texts.map((text) => measure(text, 14, 400)));
  return Math.min(Math.max(Math.ceil(widest), LEAST_WIDE), MOST_WIDE);
}

/** Widths that find room together: when there is too little, the widest give way to one limit. */
export function limited(wanted: readonly number[], room: number): number[] {
  let left = room;
  const narrowFirst = [...wanted].sort((a, b) => a - b);
  for (const [at, width] of narrowFirst.entries()) {
    const limit = left / (narrowFirst.length - at);
    if (width > limit) return wanted.map((one) => Math.min(one, limit));
    left -= width;
  }
  return [...wanted];
}

function drawnColumn(column: Placed, { y, colors, measure }: Area): string {
  const { left, width, isNumber } = column;
  const at = (text: string, style: TextStyle, middle: number) =>
    isNumber
      ? textAt(fitted(text, width, style, measure), style, left + width, middle, 'end')
      : textAt(fitted(text, width, style, measure), style, left, middle);
  const title = { size: 12, weight: 400, fill: colors.quiet };
  const cell = { size: 14, weight: 400, fill: colors.text };
  const missing = { ...cell, fill: colors.quiet };
  return [
    at(column.title, title, y + ROW / 2),
    ...column.texts.map((text, row) =>
      at(text, text === MISSING ? missing : cell, y + ROW * (row + 1.5)),
    ),
  ].join('');
}

/** The hairline under the heading (0) or under a row. */
function rule({ y, width, colors }: Area, row: number): string {
  const at = y + ROW * (row + 1) - 0.5;
  return element('line', { x1: 0, x2: width, y1: at, y2: at, stroke: colors.border });
}

function foot(note: string, rows: number, { y, width, colors, measure }: Area): string {
  const style = { size: 12, weight: 400, fill: colors.quiet };
  const middle = y + ROW * (rows + 1) + FOOT / 2;
  return textAt(fitted(note, width - 2 * SIDE, style, measure), style, SIDE, middle);
}

function counted(count: number, { writer }: Area): string {
  return writer.exact(count, COUNT);
}

const COUNT = {
  type: 'integer',
  bucket: null,
  format: { style: 'number', decimals: 0, unit: null, currency: null },
} as const;
