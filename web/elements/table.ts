/** Rows as a table: a panel of its own, or what a chart shows on "View as table". */

import { html, LitElement, nothing, type PropertyValues } from 'lit';

import { type Cell, type Field, heading, isNumeric, withoutUnit } from '../charts/panel.ts';
import { columnDigits, MISSING, type Writer } from '../charts/writer.ts';
import type { SortKey } from '../client/embed-client.ts';
import { arrowDown, arrowUp, chevronLeft, chevronRight } from './icons.ts';
import { ariaSort, nextSort, pageCount, rowSpan } from './paging.ts';
import { basics } from './styles/basics.ts';
import { tableStyles } from './styles/table.ts';

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
  /** Rows on all pages; null when these are all. */
  total: number | null = null;
  page = 1;
  pageSize = 50;
  sortable = false;

  static override styles = [basics, tableStyles];

  override render() {
    if (!this.writer) return nothing;
    return html`
      <div class="scroll" role="region" aria-label=${this.caption} tabindex="0">
        <table>
          <caption class="sr-only">
            ${this.caption}
          </caption>
          <thead>
            <tr>
              ${this.fields.map((field) => this.renderHeading(field))}
            </tr>
          </thead>
          <tbody>
            ${this.renderRows(this.writer)}
          </tbody>
        </table>
      </div>
      ${this.renderPages(this.writer)}
    `;
  }

  private renderHeading(field: Field) {
    const order = ariaSort(this.sort, field.name);
    const arrow = order === 'ascending' ? arrowUp : order === 'descending' ? arrowDown : nothing;
    return html`<th
      scope="col"
      class=${isNumeric(field) ? 'is-number' : ''}
      aria-sort=${order ?? nothing}
    >
      ${
        this.sortable
          ? html`<button type="button" class="sort" @click=${() => this.order(field)}>
              <span>${heading(field)}</span>${arrow}
            </button>`
          : html`<span class="heading">${heading(field)}</span>`
      }
    </th>`;
  }

  private renderRows(writer: Writer) {
    const digits = this.fields.map(({ index, format, type }) =>
      type === 'integer'
        ? undefined
        : columnDigits(
            this.rows.map((row) => row[index] ?? null),
            format,
          ),
    );
    return this.rows.map(
      (row) => html`<tr>
        ${this.fields.map((field, column) => {
          const text = writer.exact(row[field.index] ?? null, withoutUnit(field), digits[column]);
          const isMissing = text === MISSING;
          return html`<td class="${isNumeric(field) ? 'is-number' : ''} ${isMissing ? 'is-missing' : ''}">
            <span class="value">${text}</span>
          </td>`;
        })}
      </tr>`,
    );
  }

  private renderPages(writer: Writer) {
    if (this.total === null || this.total <= this.pageSize) return nothing;
    const count = pageCount(this.total, this.pageSize);
    const [first, last] = rowSpan(this.page, this.pageSize, this.total);
    const number = (value: number) => writer.exact(value, COUNT);
    return html`<nav class="pages" aria-label=${`Pages of ${this.caption}`}>
      <span aria-live="polite">${number(first)}–${number(last)} of ${number(this.total)}</span>
      <span class="turns">
        <button
          type="button"
          class="button"
          aria-label="Previous page"
          ?disabled=${this.page <= 1}
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
            max=${count}
            .value=${String(this.page)}
            @change=${this.jump}
          />
          of ${number(count)}
        </label>
        <button
          type="button"
          class="button"
          aria-label="Next page"
          ?disabled=${this.page >= count}
          @click=${() => this.turn(this.page + 1)}
        >
          ${chevronRight}
        </button>
      </span>
    </nav>`;
  }

  protected override updated(changed: PropertyValues): void {
    const moved = changed.get('page') !== undefined && changed.has('page');
    if (moved) this.renderRoot.querySelector('.scroll')?.scrollTo({ top: 0 });
  }

  private jump(event: Event): void {
    const input = event.target as HTMLInputElement;
    const count = pageCount(this.total ?? 0, this.pageSize);
    const page = Math.min(Math.max(Math.round(Number(input.value)) || 1, 1), count);
    input.value = String(page);
    if (page !== this.page) this.turn(page);
  }

  private turn(page: number): void {
    this.dispatchEvent(new CustomEvent<number>('turn', { detail: page }));
  }

  private order(field: Field): void {
    const detail = nextSort(this.sort, field);
    this.dispatchEvent(new CustomEvent<readonly SortKey[]>('order', { detail }));
  }
}

const COUNT = {
  type: 'integer',
  bucket: null,
  format: { style: 'number', decimals: 0, unit: null, currency: null },
} as const;
