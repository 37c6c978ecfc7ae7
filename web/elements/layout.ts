/**
 * Where panels and controls stand, as a style sheet: twelve columns on wide pages, six on medium
 * ones, two on narrow ones. A sheet, because a policy without `unsafe-inline` forbids `style="…"`.
 */

import { isFigure } from '../charts/panel.ts';
import type { Definition, Placement } from '../client/definition.ts';

/** The height of a row with the gap below it, and the gap, in pixels. */
export const ROW = 40;
export const GAP = 16;

/** Widths of the element, in pixels, below which there are six and two columns. */
export const MEDIUM = 900;
export const NARROW = 600;

type Kind = 'kpi' | 'trend' | 'panel' | 'control';

/** The placements in reading order: from top to bottom, then from left to right. */
export function readingOrder(layout: readonly Placement[]): Placement[] {
  return [...layout].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Rules for `.cell-0`, `.cell-1`, … in reading order. */
export function layoutSheet(definition: Definition): string {
  const cells = readingOrder(definition.layout);
  const kinds = cells.map((cell) => kindOf(cell, definition));
  const medium = mediumSpans(cells, kinds);
  const narrow = narrowSpans(cells, kinds);
  return cells
    .map(({ x, y, w, h }, index) => {
      const name = `.cell-${index}`;
      return [
        `${name} { grid-column: ${x + 1} / span ${w}; grid-row: ${y + 1} / span ${h}; }`,
        within(
          MEDIUM,
          `${name} { grid-column: auto / span ${medium[index]}; grid-row: auto / span ${h}; }`,
        ),
        within(NARROW, `${name} { grid-column: auto / span ${narrow[index]}; }`),
      ].join('\n');
    })
    .join('\n');
}

/** Spans of six columns: halves come in pairs, so that nothing stands alone beside a hole. */
export function mediumSpans(cells: readonly Placement[], kinds: readonly Kind[]): number[] {
  const spans = cells.map((cell, index) => {
    if (cell.w > 6) return 6;
    return isOneOfThree(cell, cells, kinds, kinds[index]) ? 2 : 3;
  });
  return pairUp(cells, kinds, spans, 3, 6);
}

/** Spans of two columns: only plain figures are small enough to stand side by side. */
export function narrowSpans(cells: readonly Placement[], kinds: readonly Kind[]): number[] {
  const spans = cells.map(({ w }, index) => (kinds[index] === 'kpi' && w <= 6 ? 1 : 2));
  return pairUp(cells, kinds, spans, 1, 2);
}

/** Makes whole what is half without another half of its height. */
function pairUp(
  cells: readonly Placement[],
  kinds: readonly Kind[],
  spans: readonly number[],
  half: number,
  whole: number,
): number[] {
  const paired = [...spans];
  const alone = new Map<number, number>();
  cells.forEach(({ h }, index) => {
    if (spans[index] !== half) return;
    if (!alone.delete(h)) alone.set(h, index);
  });
  for (const index of alone.values()) {
    if (kinds[index] !== 'control') paired[index] = whole;
  }
  return paired;
}

function isOneOfThree(
  cell: Placement,
  cells: readonly Placement[],
  kinds: readonly Kind[],
  kind: Kind | undefined,
): boolean {
  if (kind !== 'kpi' && kind !== 'trend') return false;
  const row = cells.filter(
    ({ y, h }, index) => kinds[index] === kind && y === cell.y && h === cell.h,
  );
  return row.length === 3;
}

function kindOf(cell: Placement, { panels }: Definition): Kind {
  if (!cell.panel) return 'control';
  const panel = panels.find(({ id }) => id === cell.panel);
  if (!panel || !isFigure(panel.type)) return 'panel';
  return panel.type === 'kpi' ? 'kpi' : 'trend';
}

function within(width: number, rule: string): string {
  return `@container dashboard (width < ${width}px) { ${rule} }`;
}
