/** The first rows of a table: as many as the picture has room for, and a line that says so. */

import { fieldsOf, type Panel, type Result } from '../charts/panel.ts';
import { COUNT, columnsOf, TOTAL } from '../charts/table-texts.ts';
import { MISSING } from '../charts/writer.ts';
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
  /** Null in a table without totals. */
  readonly total: string | null;
}

interface Placed extends Column {
  readonly left: number;
  readonly width: number;
}

export function tablePicture(panel: Panel, result: Result, area: Area): string {
  const total = result.total_rows ?? result.rows.length;
  const totals = result.totals ?? null;
  const height = area.height - ROW * (totals ? 2 : 1);
  const fitting = Math.floor(height / ROW);
  const needsFoot = total > Math.min(fitting, result.rows.length);
  const room = needsFoot ? Math.floor((height - FOOT) / ROW) : fitting;
  const rows = result.rows.slice(0, Math.max(room, 0));
  const all = columnsOf(fieldsOf(panel, result), rows, totals, area.writer).map(
    (column, at): Column => ({
      title: column.title,
      isNumber: column.isNumber,
      texts: rows.map(column.text),
      total: totals && (column.total || (at === 0 ? TOTAL : '')),
    }),
  );
  const columns = placed(all, area);
  const note = [
    ...(needsFoot ? [`First ${counted(rows.length, area)} of ${counted(total, area)} rows`] : []),
    ...(columns.length < all.length ? [`${columns.length} of ${all.length} columns`] : []),
  ].join(' · ');
  const lines = rows.length + (totals ? 1 : 0);
  return [
    ...columns.map((column) => drawnColumn(column, area)),
    ...Array.from({ length: lines }, (_, at) => rule(area, at)),
    ...(note === '' ? [] : [rule(area, lines), foot(note, lines, area)]),
  ].join('');
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

function naturalWidth({ title, texts, total }: Column, { measure }: Area): number {
  const widest = Math.max(
    measure(title, 12, 400),
    measure(total ?? '', 14, 600),
    ...texts.map((text) => measure(text, 14, 400)),
  );
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
  const last = y + ROW * (column.texts.length + 1.5);
  return [
    at(column.title, title, y + ROW / 2),
    ...column.texts.map((text, row) =>
      at(text, text === MISSING ? missing : cell, y + ROW * (row + 1.5)),
    ),
    ...(column.total ? [at(column.total, { ...cell, weight: 600 }, last)] : []),
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
