/**
 * What a chart is made of: a panel's definition and the rows that answered it, as the server sends
 * them. Everything in this folder is pure: no DOM, no network, no clock.
 */

import type { components } from '../client/schema.ts';

type Schemas = components['schemas'];

/** One value. Integers beyond 2^53 and decimals are strings; dates and timestamps are ISO texts. */
export type Cell = Schemas['Cell'];

export type ColumnType = Schemas['ColumnType'];
export type Bucket = Schemas['Bucket'];
export type FormatStyle = Schemas['FormatStyle'];
export type Format = Schemas['EmbeddedFormat'];
export type PanelColumn = Schemas['EmbeddedColumn'];
export type PanelType = Schemas['PanelKind'];
export type Panel = Schemas['EmbeddedPanel'];
export type ResultColumn = Schemas['ResultColumn'];

/** The rows of one panel: dimensions first, then measures, in declared order. */
export type Result = Schemas['PanelData'];

/** A column of a result together with what the author said about it. */
export interface Field {
  readonly index: number;
  readonly name: string;
  readonly label: string;
  readonly role: PanelColumn['role'];
  readonly type: ColumnType;
  readonly bucket: Bucket | null;
  readonly format: Format;
  /** Whether it was a value of a turned table, which is there only when the rows are. */
  readonly turned: boolean;
}

const PLAIN: Format = { style: 'auto', decimals: null, unit: null, currency: null };

/** The columns of `result` in order, described by `panel` where the author said something. */
export function fieldsOf(panel: Panel, result: Result): Field[] {
  const declared = new Map(panel.columns.map((column) => [column.name, column]));
  return result.columns.map(({ name, type, measure }, index) => {
    const column = declared.get(measure ?? name);
    return {
      index,
      name,
      type,
      // A value that became a column is its own heading.
      label: measure ? name : (column?.label ?? readable(name)),
      role: column?.role ?? 'column',
      bucket: column?.bucket ?? null,
      format: column?.format ?? PLAIN,
      turned: Boolean(measure),
    };
  });
}

/** A column's name as a heading: `dep_delay` becomes "Dep delay". */
export function readable(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words === '' ? name : words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether the panel shows one figure instead of a chart or a table. */
export function isFigure(type: PanelType): boolean {
  return type === 'kpi' || type === 'kpi_trend';
}

/** Whether the column holds numbers, which are right-aligned and may be measured. */
export function isNumeric(field: { type: ColumnType; format?: Format }): boolean {
  const counts = field.type === 'integer' || field.type === 'float' || field.type === 'decimal';
  return counts && field.format?.style !== 'text';
}

/** Whether the column holds points in time. */
export function isTemporal(field: { type: ColumnType }): boolean {
  return field.type === 'date' || field.type === 'timestamp';
}

/** The number in a cell, for drawing; null when there is none. */
export function toNumber(cell: Cell | undefined): number | null {
  if (cell === null || cell === undefined || typeof cell === 'boolean' || cell === '') return null;
  const number = Number(cell);
  return Number.isFinite(number) ? number : null;
}

/** A column's heading with its unit, which the cells below then need not repeat. */
export function heading({ label, format }: Field): string {
  return format.unit ? `${label} (${format.unit})` : label;
}

/** The field as its cells are written under such a heading. */
export function withoutUnit(field: Field): Field {
  return field.format.unit ? { ...field, format: { ...field.format, unit: null } } : field;
}
