/** The state of a table: its columns, their order, its pages. Pure; TanStack Table keeps the rules. */

import {
  constructTable,
  createColumnHelper,
  rowPaginationFeature,
  rowSortingFeature,
  tableFeatures,
} from '@tanstack/table-core';
import { storeReactivityBindings } from '@tanstack/table-core/store-reactivity-bindings';

import { type Cell, type Field, isNumeric, isTemporal } from '../charts/panel.ts';
import type { SortKey } from '../client/embed-client.ts';

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  rowSortingFeature,
  rowPaginationFeature,
});
const helper = createColumnHelper<typeof features, readonly Cell[]>();

export interface TableInput {
  readonly fields: readonly Field[];
  readonly rows: readonly (readonly Cell[])[];
  readonly sort: readonly SortKey[];
  /** From 1. */
  readonly page: number;
  readonly pageSize: number;
  /** Rows on all pages; null when these are all. */
  readonly total: number | null;
}

export interface TableModel {
  readonly headings: readonly Heading[];
  readonly pages: number;
  /** The first and last row of the page, counted from one. */
  readonly span: readonly [first: number, last: number];
  readonly hasPrevious: boolean;
  readonly hasNext: boolean;
}

export interface Heading {
  readonly field: Field;
  readonly order: 'ascending' | 'descending' | null;
  /**
   * The order after a press on the heading: the column's natural direction, then the other, then
   * none. Numbers and times begin with the largest, which is what people look for. Null where the
   * server has no order by the column.
   */
  readonly next: (() => readonly SortKey[]) | null;
}

/** The server sorts and pages, so the table only keeps account of both. */
export function tableModel(input: TableInput): TableModel {
  const { fields, rows, sort, page, pageSize } = input;
  const total = input.total ?? rows.length;
  const sorting = sort.map(({ column, direction }) => ({ id: column, desc: direction === 'desc' }));
  let chosen: readonly SortKey[] = sort;
  const table = constructTable({
    features,
    data: rows,
    columns: helper.columns(
      fields.map((field) =>
        helper.accessor((row) => row[field.index] ?? null, {
          id: field.name,
          sortDescFirst: isNumeric(field) || isTemporal(field),
          enableMultiSort: false,
        }),
      ),
    ),
    manualSorting: true,
    manualPagination: true,
    rowCount: total,
    state: { sorting, pagination: { pageIndex: page - 1, pageSize } },
    onSortingChange: (change) => {
      const now = typeof change === 'function' ? change(sorting) : change;
      chosen = now.map(({ id, desc }) => ({ column: id, direction: desc ? 'desc' : 'asc' }));
    },
  });
  const first = (page - 1) * pageSize + 1;
  return {
    headings: fields.map((field) => {
      const column = table.getColumn(field.name);
      const order = column?.getIsSorted();
      return {
        field,
        order: order ? (order === 'asc' ? 'ascending' : 'descending') : null,
        next: field.pivot
          ? null
          : () => {
              column?.toggleSorting();
              return chosen;
            },
      };
    }),
    pages: Math.max(1, table.getPageCount()),
    span: [Math.min(first, total), Math.min(page * pageSize, total)],
    hasPrevious: table.getCanPreviousPage(),
    hasNext: table.getCanNextPage(),
  };
}
