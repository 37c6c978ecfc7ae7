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
  /** Of a column that a pivot made: whose value it stands for. */
  readonly pivot: Pivot | null;
}

/** A value that became a column. */
export interface Pivot {
  readonly value: string;
  readonly dimension: Pick<Field, 'type' | 'format' | 'bucket'>;
  /** Which of several measures stands below; null when there is one. */
  readonly measure: string | null;
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
      label: labelOf(column, name),
      role: column?.role ?? 'column',
      bucket: column?.bucket ?? null,
      format: column?.format ?? PLAIN,
      pivot: measure ? pivotOf(panel, result, name, column) : null,
    };
  });
}

/** The server gives names for labels where the author gave none. */
function labelOf(column: PanelColumn | undefined, name: string): string {
  return column && column.label !== column.name ? column.label : readable(column?.name ?? name);
}

/** The dimension that is no column of the result is the one whose values are. */
function pivotOf(panel: Panel, result: Result, name: string, column?: PanelColumn): Pivot | null {
  const present = new Set(result.columns.map((one) => one.name));
  const dimension = panel.columns.find((one) => one.role === 'dimension' && !present.has(one.name));
  if (!dimension || !column) return null;
  const { bucket, format } = dimension;
  const time = name.includes('T') ? 'timestamp' : 'date';
  const suffix = ` · ${column.name}`;
  const isOneOfSeveral = panel.columns.filter(({ role }) => role === 'measure').length > 1;
  const ofSeveral = isOneOfSeveral && name.endsWith(suffix);
  return {
    value: ofSeveral ? name.slice(0, -suffix.length) : name,
    dimension: { type: bucket === null ? 'string' : time, bucket, format },
    measure: ofSeveral ? labelOf(column, name) : null,
  };
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

/** A label with the unit, which the values below then need not repeat. */
export function withUnit(label: string, { unit }: Format): string {
  return unit ? `${label} (${unit})` : label;
}

/** The field as its cells are written under such a heading. */
export function withoutUnit(field: Field): Field {
  return field.format.unit ? { ...field, format: { ...field.format, unit: null } } : field;
}
