/** The cells of a table as they are written, on pages and in pictures alike. */

import { type Cell, type Field, isNumeric, withoutUnit, withUnit } from './panel.ts';
import { columnDigits, type Writer } from './writer.ts';

export interface Column {
  readonly field: Field;
  readonly title: string;
  readonly isNumber: boolean;
  text(row: readonly Cell[]): string;
  /** What the last row says of the column; empty when it says nothing. */
  readonly total: string;
}

/** Columns whose numbers have as many decimals in every row as the rows and totals need. */
export function columnsOf(
  fields: readonly Field[],
  rows: readonly (readonly Cell[])[],
  totals: readonly Cell[] | null,
  writer: Writer,
): Column[] {
  return fields.map((field) => {
    const cells = [...rows, ...(totals ? [totals] : [])].map((row) => row[field.index] ?? null);
    const digits = field.type === 'integer' ? undefined : columnDigits(cells, field.format);
    const described = withoutUnit(field);
    return {
      field,
      title: titleOf(field, writer),
      isNumber: isNumeric(field),
      text: (row) => writer.exact(row[field.index] ?? null, described, digits),
      total: totalText(totals?.[field.index] ?? null, described, digits, writer),
    };
  });
}

/** A column's label, or the value that became a column, and of several measures which one. */
function titleOf({ label, format, pivot }: Field, writer: Writer): string {
  if (pivot === null) return withUnit(label, format);
  const value = writer.exact(pivot.value, pivot.dimension);
  return pivot.measure === null ? value : withUnit(`${value} · ${pivot.measure}`, format);
}

/** Of texts and dates the number may be told: a count is written as one. */
function totalText(cell: Cell, field: Field, digits: number | undefined, writer: Writer): string {
  if (cell === null) return '';
  return typeof cell === 'number' && !isNumeric(field)
    ? writer.exact(cell, COUNT)
    : writer.exact(cell, field, digits);
}

/** What the first cell of the last row says, unless it is a figure. */
export const TOTAL = 'Total';

/** How numbers are written that are no column's values. */
export const COUNT = {
  type: 'integer',
  bucket: null,
  format: { style: 'number', decimals: 0, unit: null, currency: null },
} as const;
