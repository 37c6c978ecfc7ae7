/** One panel as the dashboard shows it: its words, and its state in the space it will need. */

import { html, nothing, svg, type TemplateResult } from 'lit';

import { isChart } from '../charts/chart.ts';
import { figureOf } from '../charts/figure.ts';
import type { ChartTheme } from '../charts/palette.ts';
import { fieldsOf, isFigure, type Panel, type Result } from '../charts/panel.ts';
import { boundsOf, lineThrough, trendOf } from '../charts/trend.ts';
import { unitWords } from '../charts/unit-words.ts';
import { MISSING, type Writer } from '../charts/writer.ts';
import type { SortKey } from '../client/embed-client.ts';
import type { PanelState } from '../client/session.ts';
import { chartIcon, tableIcon } from './icons.ts';

/** What a panel needs from the dashboard around it. */
export interface PanelContext {
  readonly writer: Writer;
  readonly theme: ChartTheme | null;
  readonly hasSelection: boolean;
  readonly watermark: boolean;
  readonly asTable: boolean;
  retry(): void;
  clearSelection(): void;
  toggleTable(): void;
  turn(page: number): void;
  order(sort: readonly SortKey[]): void;
}

export function panelView(panel: Panel, state: PanelState, context: PanelContext): TemplateResult {
  const isBusy = state.status === 'loading' || state.status === 'refreshing';
  return html`<div
    class="panel ${isFigure(panel.type) ? 'kpi' : ''}"
    part="panel"
    role="group"
    data-panel=${panel.id}
    aria-label=${panel.title}
    aria-busy=${isBusy}
  >
    ${isFigure(panel.type) ? title(panel) : head(panel, state, context)}
    <div class="panel-body">${body(panel, state, context)}</div>
    ${
      isFigure(panel.type) && panel.description && !state.failure
        ? html`<p class="panel-description">${panel.description}</p>`
        : nothing
    }
    ${context.watermark ? html`<div class="watermark"></div>` : nothing}
  </div>`;
}

function title(panel: Panel) {
  return html`<h3 class="panel-title" title=${panel.title}>${panel.title}</h3>`;
}

function head(panel: Panel, state: PanelState, context: PanelContext) {
  const words = panel.description ?? unitWords(panel, state.result);
  const canToggle = isChart(panel.type) && hasRows(state.result);
  const name = context.asTable ? 'View as chart' : 'View as table';
  return html`<header class="panel-head">
    <div class="panel-words">
      ${title(panel)} ${words ? html`<p class="panel-description">${words}</p>` : nothing}
    </div>
    ${
      canToggle
        ? html`<button
            type="button"
            class="panel-action"
            aria-label=${`${name}: ${panel.title}`}
            title=${name}
            @click=${context.toggleTable}
          >
            ${context.asTable ? chartIcon : tableIcon}
          </button>`
        : nothing
    }
  </header>`;
}

function hasRows(result: Result | null): result is Result {
  return result !== null && result.rows.length > 0;
}

function body(panel: Panel, state: PanelState, context: PanelContext) {
  const { result, failure, status } = state;
  if (result === null) return failure ? failed(panel, state, context) : skeleton(panel);
  if (result.rows.length === 0 && !isFigure(panel.type)) return empty(context);
  return html`
    <div
      class="content ${isChart(panel.type) && !context.asTable ? 'is-chart' : ''}"
      ?data-refreshing=${status === 'refreshing'}
    >
      ${content(panel, result, state, context)}
    </div>
    ${failure ? stale(panel, state, context) : nothing}
  `;
}

function content(panel: Panel, result: Result, state: PanelState, context: PanelContext) {
  if (isFigure(panel.type)) return figure(panel, result, context);
  const fields = fieldsOf(panel, result);
  if (panel.type === 'table') {
    return html`<fanlight-table
      .caption=${panel.title}
      .fields=${fields}
      .rows=${result.rows}
      .writer=${context.writer}
      .totals=${result.totals ?? null}
      .total=${result.total_rows}
      .page=${state.page}
      .pageSize=${panel.page_size}
      .sort=${state.sort}
      .sortable=${true}
      @turn=${(event: CustomEvent<number>) => context.turn(event.detail)}
      @order=${(event: CustomEvent<readonly SortKey[]>) => context.order(event.detail)}
    ></fanlight-table>`;
  }
  if (context.asTable) {
    return html`<fanlight-table
      .caption=${panel.title}
      .fields=${fields}
      .rows=${result.rows}
      .writer=${context.writer}
    ></fanlight-table>`;
  }
  return html`<fanlight-chart
    .panel=${panel}
    .result=${result}
    .writer=${context.writer}
    .theme=${context.theme}
    @broken=${context.toggleTable}
  ></fanlight-chart>`;
}

function figure(panel: Panel, result: Result, context: PanelContext) {
  const known = figureOf(panel, result, context.writer);
  // Long figures are set smaller; the style sheet reckons with their lengths.
  const lengths = `--letters: ${known?.text.length ?? 1}; --unit: ${known?.unit?.length ?? 0}`;
  return html`<p class="figure" title=${known?.exact ?? 'No data'}>
    <span class="figure-value" .style=${lengths}
      >${known?.text ?? MISSING}${
        known?.unit ? html`<span class="figure-unit">${known.unit}</span>` : nothing
      }</span
    >
    ${known ? nothing : html`<span class="sr-only">No data</span>`}
  </p>
  ${comparison(panel, result, context)}`;
}

/** The change by sign, word and colour, and the lines of both periods. */
function comparison(panel: Panel, result: Result, { writer }: PanelContext) {
  const trend = trendOf(panel, result, writer);
  if (trend === null) return nothing;
  const bounds = boundsOf(trend);
  const line = (points: readonly (number | null)[], kind: string) =>
    svg`<polyline class=${kind} points=${lineThrough(points, bounds, 100, 24)} />`;
  return html`<p class="trend" data-tone=${trend.tone}>
      <span class="trend-change"><span aria-hidden="true">${trend.sign}</span> ${trend.change}</span>
      <span class="quiet">${trend.against}</span>
    </p>
    <svg class="trend-lines" viewBox="0 -1 100 26" preserveAspectRatio="none" aria-hidden="true">
      ${line(trend.previous, 'is-previous')} ${line(trend.current, 'is-current')}
    </svg>`;
}

/** More than any panel has room for. */
const SKELETON_ROWS = 40;

function skeleton(panel: Panel) {
  if (panel.type !== 'table') return html`<div class="skeleton"></div>`;
  return html`<div class="skeleton skeleton-rows">
    ${Array.from({ length: SKELETON_ROWS }, () => html`<div><span class="skeleton-line"></span></div>`)}
  </div>`;
}

function empty(context: PanelContext) {
  if (!context.hasSelection) {
    return html`<div class="state">
      <p>No data yet</p>
      <p class="quiet">It appears here as soon as there is some.</p>
    </div>`;
  }
  return html`<div class="state">
    <p>Nothing matches this selection</p>
    <p class="quiet">Choose a wider range, or remove the filters.</p>
    <button type="button" class="button" @click=${context.clearSelection}>Clear filters</button>
  </div>`;
}

function failed(panel: Panel, { failure }: PanelState, context: PanelContext) {
  if (!failure) return nothing;
  const request = failure.requestId
    ? html`<span class="request-id">Request ${failure.requestId}</span>`
    : nothing;
  if (isFigure(panel.type)) {
    return html`<div class="state" role="alert" title=${failure.message}>
      <p>
        Could not be loaded.
        <button type="button" class="link" @click=${context.retry}>Try again</button>
      </p>
      ${request}
    </div>`;
  }
  return html`<div class="state" role="alert">
    <p>This panel could not be loaded</p>
    <p class="quiet">${asSentence(failure.message)}</p>
    ${request}
    <button type="button" class="button" @click=${context.retry}>Try again</button>
  </div>`;
}

/** Servers write errors as parts of a line. */
function asSentence(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function stale(panel: Panel, { result, failure }: PanelState, context: PanelContext) {
  const since = context.writer.exact(result?.as_of ?? null, MOMENT);
  const retry = html`<button type="button" class="link" @click=${context.retry}>Try again</button>`;
  // A figure has room for one line only.
  if (isFigure(panel.type)) {
    return html`<div class="panel-note" role="status" title=${`As of ${since}`}>
      <span>Not refreshed</span>${retry}
    </div>`;
  }
  return html`<div class="panel-note" role="status">
    <span>As of ${since}. It could not be refreshed.</span>${retry}
    ${failure?.requestId ? html`<span class="request-id">Request ${failure.requestId}</span>` : nothing}
  </div>`;
}

/** How moments are written that are no column's values. */
export const MOMENT = {
  type: 'timestamp',
  bucket: null,
  format: { style: 'date_time', decimals: null, unit: null, currency: null },
} as const;
