/** Pages and orders of a table. Pure. */

import { type Field, isNumeric, isTemporal } from '../charts/panel.ts';
import type { SortKey } from '../client/embed-client.ts';

/** How many pages `total` rows fill; an empty table has one. */
export function pageCount(total: number, size: number): number {
  return Math.max(1, Math.ceil(total / size));
}

/** The rows on a page, counted from one: `[1, 50]`. */
export function rowSpan(page: number, size: number, total: number): [first: number, last: number] {
  const first = (page - 1) * size + 1;
  return [Math.min(first, total), Math.min(page * size, total)];
}

/**
 * The order after another press on a column's heading: its natural direction, then the other, then
 * none. Numbers and times begin with the largest, which is what people look for.
 */
export function nextSort(current: readonly SortKey[], field: Field): readonly SortKey[] {
  const natural = isNumeric(field) || isTemporal(field) ? 'desc' : 'asc';
  const now = current.find(({ column }) => column === field.name)?.direction;
  if (now === undefined) return [{ column: field.name, direction: natural }];
  if (now === natural) {
    return [{ column: field.name, direction: natural === 'asc' ? 'desc' : 'asc' }];
  }
  return [];
}

/** The value of `aria-sort` for a column. */
export function ariaSort(
  sort: readonly SortKey[],
  name: string,
): 'ascending' | 'descending' | null {
  const direction = sort.find(({ column }) => column === name)?.direction;
  if (direction === undefined) return null;
  return direction === 'asc' ? 'ascending' : 'descending';
}
