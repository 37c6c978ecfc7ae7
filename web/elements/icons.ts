/** The few icons, drawn on sixteen pixels. Decorative: their buttons carry the names. */

import { html, svg, type TemplateResult } from 'lit';

const icon = (paths: TemplateResult) =>
  html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${paths}</svg>`;

export const chevronDown = icon(svg`<path d="m4 6 4 4 4-4" />`);
export const chevronLeft = icon(svg`<path d="m10 4-4 4 4 4" />`);
export const chevronRight = icon(svg`<path d="m6 4 4 4-4 4" />`);
export const arrowUp = icon(svg`<path d="M8 13V3M4 7l4-4 4 4" />`);
export const arrowDown = icon(svg`<path d="M8 3v10M4 9l4 4 4-4" />`);
export const cross = icon(svg`<path d="m4 4 8 8M12 4l-8 8" />`);
export const check = icon(svg`<path d="m3 8.5 3.5 3.5L13 4.5" />`);
export const calendar = icon(
  svg`<path d="M2.5 4.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM2.5 6.5h11M5.5 2v3M10.5 2v3" />`,
);
export const tableIcon = icon(svg`<path d="M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 6.5v6" />`);
export const chartIcon = icon(svg`<path d="M3 13V8M8 13V3M13 13V6" />`);
export const search = icon(
  svg`<path d="M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3" />`,
);
