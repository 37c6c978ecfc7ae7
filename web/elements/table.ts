/** Rows as a table: a panel of its own, or what a chart shows on "View as table". */

import { html, LitElement, nothing, type PropertyValues } from 'lit';

import { type Cell, type Field, isNumeric } from '../charts/panel.ts';
import { COUNT, type Column, columnsOf, TOTAL } from '../charts/table-texts.ts';
import { MISSING, type Writer } from '../charts/writer.ts';
import type { SortKey } from '../client/embed-client.ts';
import { arrowDown, arrowUp, chevronLeft, chevronRight } from './icons.ts';
import { RowWindows } from './row-window.ts';
import { basics } from './styles/basics.ts';
import { tableStyles } from './styles/table.ts';
import { type Heading, tableModel } from './table-model.ts';

/**
 * @fires turn - `detail` is the page to show, from 1.
 * @fires order - `detail` is the new order, a list of sort keys.
 */
export class FanlightTable extends LitElement {
  static override properties = {
    caption: {},
    fields: { attribute: false },
    rows: { attribute: false },
    writer: { attribute: false },
    sort: { attribute: false },
    totals: { attribute: false },
    total: { type: Number },
    page: { type: Number },
    pageSize: { type: Number },
    sortable: { type: Boolean },
  };

  caption = '';
  fields: readonly Field[] = [];
  rows: readonly (readonly Cell[])[] = [];
  writer: Writer | null = null;
  sort: readonly SortKey[] = [];
  /** One cell for each column, over the rows of all pages; null when there are none. */
  totals: readonly Cell[] | null = null;
  /** Rows on all pages; null when these are all. */
  total: number | null = null;
  page = 1;
  pageSize = 50;
  sortable = false;

  static override styles = [basics, tableStyles];

  private readonly windows = new RowWindows(() => this.requestUpdate());

  override render() {
    if (!this.writer) return nothing;
    const model = tableModel(this);
    const columns = columnsOf(this.fields, this.rows, this.totals, this.writer);
    return html`
      <div class="scroll" role="region" aria-label=${this.caption} tabindex="0">
        <table
          class=${this.fields.some(({ pivot }) => pivot !== null) ? 'is-pinned' : ''}
          aria-rowcount=${(this.total ?? this.rows.length) + (this.totals ? 2 : 1)}
        >
          <caption class="sr-only">
            ${this.caption}
          </caption>
          <thead>
            <tr>
              ${model.headings.map((one, at) => this.renderHeading(one, columns[at]?.title ?? ''))}
            </tr>
          </thead>
          <tbody>
            ${this.renderRows(columns)}
          </tbody>
          ${this.renderTotals(columns)}
        </table>
      </div>
      ${this.total === null || model.pages <= 1 ? nothing : this.renderPages(this.writer)}
    `;
  }

  private renderHeading({ field, order, next }: Heading, title: string) {
    const arrow = order === 'ascending' ? arrowUp : order === 'descending' ? arrowDown : nothing;
    const press = () =>
      this.dispatchEvent(new CustomEvent<readonly SortKey[]>('order', { detail: next?.() ?? [] }));
    return html`<th
      scope="col"
      class=${isNumeric(field) ? 'is-number' : ''}
      aria-sort=${order ?? nothing}
    >
      ${
        this.sortable && next
          ? html`<button type="button" class="sort" @click=${press}>
              <span>${title}</span>${arrow}
            </button>`
          : html`<span class="heading">${title}</span>`
      }
    </th>`;
  }

  private renderRows(columns: readonly Column[]) {
    const { from, to, above, below } = this.windows.window(this.rows.length);
    const before = (this.page - 1) * this.pageSize;
    const rows = this.rows.slice(from, to);
    return html`
      ${this.renderGap(above)}
      ${rows.map(
        (row, at) => html`<tr aria-rowindex=${before + from + at + 2}>
          ${columns.map((column) => renderCell(column, column.text(row)))}
        </tr>`,
      )}
      ${this.renderGap(below)}
    `;
  }

  private renderTotals(columns: readonly Column[]) {
    const [first, ...others] = columns;
    if (this.totals === null || !first) return nothing;
    const kind = first.isNumber && first.total !== '' ? 'is-number' : '';
    return html`<tfoot>
      <tr aria-rowindex=${(this.total ?? this.rows.length) + 2}>
        <th scope="row" class=${kind}>
          <span class=${first.total === '' ? 'value' : 'sr-only'}>${TOTAL}</span>
          ${first.total === '' ? nothing : html`<span class="value">${first.total}</span>`}
        </th>
        ${others.map((column) => renderCell(column, column.total))}
      </tr>
    </tfoot>`;
  }

  /** Stands for rows out of sight. */
  private renderGap(height: number) {
    if (height === 0) return nothing;
    return html`<tr class="gap" aria-hidden="true">
      <td colspan=${this.fields.length} .style=${`height: ${height}px`}></td>
    </tr>`;
  }

  private renderPages(writer: Writer) {
    const { pages, span, hasPrevious, hasNext } = tableModel(this);
    const number = (value: number) => writer.exact(value, COUNT);
    return html`<nav class="pages" aria-label=${`Pages of ${this.caption}`}>
      <span aria-live="polite">
        ${number(span[0])}–${number(span[1])} of ${number(this.total ?? 0)}
      </span>
      <span class="turns">
        <button
          type="button"
          class="button"
          aria-label="Previous page"
          ?disabled=${!hasPrevious}
          @click=${() => this.turn(this.page - 1)}
        >
          ${chevronLeft}
        </button>
        <label>
          <span class="sr-only">Page</span>
          <input
            class="page"
            type="number"
            inputmode="numeric"
            min="1"
            max=${pages}
            .value=${String(this.page)}
            @change=${(event: Event) => this.jump(event.target as HTMLInputElement, pages)}
          />
          of ${number(pages)}
        </label>
        <button
          type="button"
          class="button"
          aria-label="Next page"
          ?disabled=${!hasNext}
          @click=${() => this.turn(this.page + 1)}
        >
          ${chevronRight}
        </button>
      </span>
    </nav>`;
  }

  protected override updated(changed: PropertyValues): void {
    const scroll = this.renderRoot.querySelector<HTMLElement>('.scroll');
    const moved = changed.get('page') !== undefined && changed.has('page');
    if (moved) scroll?.scrollTo({ top: 0 });
    this.windows.watch(scroll, this.rows.length);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.windows.release();
  }

  private jump(input: HTMLInputElement, pages: number): void {
    const page = Math.min(Math.max(Math.round(Number(input.value)) || 1, 1), pages);
    input.value = String(page);
    if (page !== this.page) this.turn(page);
  }

  private turn(page: number): void {
    this.dispatchEvent(new CustomEvent<number>('turn', { detail: page }));
  }
}

function renderCell({ isNumber }: Column, text: string) {
  const kind = `${isNumber ? 'is-number' : ''} ${text === MISSING ? 'is-missing' : ''}`;
  return html`<td class=${kind}><span class="value">${text}</span></td>`;
}
