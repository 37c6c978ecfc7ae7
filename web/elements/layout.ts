/**
 * Where panels and controls stand, as a style sheet: twelve columns on wide pages, six on medium
 * ones, two on narrow ones. A sheet, because a policy without `unsafe-inline` forbids `style="…"`.
 */

import type { Definition, Placement } from '../client/definition.ts';

/** The height of a row with the gap below it, and the gap, in pixels. */
export const ROW = 40;
export const GAP = 16;

/** Widths of the element, in pixels, below which there are six and two columns. */
export const MEDIUM = 900;
export const NARROW = 600;

/** The placements in reading order: from top to bottom, then from left to right. */
export function readingOrder(layout: readonly Placement[]): Placement[] {
  return [...layout].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Rules for `.cell-0`, `.cell-1`, … in reading order. */
export function layoutSheet(definition: Definition): string {
  const kinds = new Map(definition.panels.map(({ id, type }) => [id, type]));
  return readingOrder(definition.layout)
    .map((cell, index) => {
      const kind = cell.panel ? (kinds.get(cell.panel) ?? 'table') : 'control';
      return cellRules(`.cell-${index}`, cell, kind);
    })
    .join('\n');
}

function cellRules(name: string, { x, y, w, h }: Placement, kind: string): string {
  const medium = w <= 6 ? Math.max(2, Math.min(3, w)) : 6;
  const narrow = kind === 'kpi' && w <= 6 ? 1 : 2;
  return [
    `${name} { grid-column: ${x + 1} / span ${w}; grid-row: ${y + 1} / span ${h}; }`,
    `@container dashboard (width < ${MEDIUM}px) {`,
    `  ${name} { grid-column: auto / span ${medium}; grid-row: auto / span ${h}; }`,
    '}',
    `@container dashboard (width < ${NARROW}px) { ${name} { grid-column: auto / span ${narrow}; } }`,
  ].join('\n');
}
