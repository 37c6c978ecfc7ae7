/** The control for a span of days: presets, two dates to type, and a calendar. */

import { html, LitElement, nothing } from 'lit';

import type { Json } from '../client/definition.ts';
import {
  type DateRange,
  describeRange,
  includes,
  ordered,
  presets,
  rangeValue,
  readRange,
} from './date-range-value.ts';
import { calendar, chevronLeft, chevronRight } from './icons.ts';
import { dayAfterKey, monthAfter, monthGrid, monthOf } from './month-grid.ts';
import { keepBeside } from './popover.ts';
import { basics } from './styles/basics.ts';
import { dateRangeStyles } from './styles/date-range.ts';

/** Years that can be chosen before and after the one shown. */
const YEARS_AROUND = 12;

/** @fires choose - `detail` is `{startDate, endDate}`, or null when both ends are open. */
export class FanlightDateRange extends LitElement {
  static override properties = {
    label: {},
    placeholder: {},
    locale: {},
    anchor: {},
    value: { attribute: false },
    month: { state: true },
    focused: { state: true },
    half: { state: true },
    isOpen: { state: true },
  };

  label = '';
  placeholder: string | null = null;
  locale: string | undefined;
  /** The last day there is data for, or today: presets count from here. */
  anchor = '1970-01-01';
  value: Json | undefined;
  /** The month on show, by its first day. */
  private month = '1970-01-01';
  private focused = '1970-01-01';
  /** The first of two days, while the second is not yet chosen. */
  private half: string | null = null;
  private isOpen = false;
  private release: (() => void) | null = null;

  static override styles = [basics, dateRangeStyles];

  private get range(): DateRange {
    return readRange(this.value);
  }

  override render() {
    const empty = this.range.start === null && this.range.end === null;
    return html`
      <div class="field">
        <span class="field-label" id="label">${this.label}</span>
        <button
          class="control"
          type="button"
          popovertarget="popover"
          aria-haspopup="dialog"
          aria-expanded=${this.isOpen}
          aria-labelledby="label value"
        >
          ${calendar}
          <span id="value" class="control-text ${empty ? 'is-empty' : ''}">
            ${describeRange(this.range, this.locale, this.placeholder ?? 'All time')}
          </span>
        </button>
      </div>
      <div
        id="popover"
        class="popover dates"
        popover="auto"
        role="dialog"
        aria-label=${this.label}
        @beforetoggle=${this.beforeToggle}
        @toggle=${this.toggled}
      >
        ${this.isOpen ? html`${this.renderPresets()}${this.renderPicker()}` : nothing}
      </div>
    `;
  }

  private renderPresets() {
    const { start, end } = this.range;
    return html`<div class="presets" role="group" aria-label="Common ranges">
      ${presets(this.anchor).map(({ label, range }) => {
        const isChosen = range.start === start && range.end === end;
        return html`<button
          type="button"
          class="preset"
          aria-pressed=${isChosen}
          @click=${() => this.finish(range)}
        >
          ${label}
        </button>`;
      })}
    </div>`;
  }

  private renderPicker() {
    const { start, end } = this.range;
    return html`<div class="picker">
      <div class="typed">
        ${this.renderInput('From', start, (day) => this.tell({ start: day, end }))}
        ${this.renderInput('To', end, (day) => this.tell({ start, end: day }))}
      </div>
      ${this.renderMonthBar()} ${this.renderGrid()}
      <div class="foot">
        <button
          type="button"
          class="button"
          ?disabled=${start === null && end === null}
          @click=${() => this.finish({ start: null, end: null })}
        >
          Clear
        </button>
        <button type="button" class="button" @click=${this.close}>Done</button>
      </div>
    </div>`;
  }

  private renderInput(name: string, day: string | null, set: (day: string | null) => void) {
    return html`<label class="field">
      <span class="field-label">${name}</span>
      <input
        type="date"
        .value=${day ?? ''}
        @change=${(event: Event) => {
          const text = (event.target as HTMLInputElement).value;
          this.half = null;
          set(text === '' ? null : text);
          if (text !== '') this.month = monthOf(text);
        }}
      />
    </label>`;
  }

  private renderMonthBar() {
    const year = Number(this.month.slice(0, 4));
    const years = Array.from({ length: 2 * YEARS_AROUND + 1 }, (_, n) => year - YEARS_AROUND + n);
    const months = Array.from(
      { length: 12 },
      (_, n) => `${this.month.slice(0, 4)}-${two(n + 1)}-01`,
    );
    const name = new Intl.DateTimeFormat(this.locale, { timeZone: 'UTC', month: 'long' });
    return html`<div class="month-bar">
      <button type="button" class="step" aria-label="Previous month" @click=${() => this.step(-1)}>
        ${chevronLeft}
      </button>
      <span class="month-choice">
        <select aria-label="Month" @change=${this.pickMonth}>
          ${months.map(
            (month) => html`<option value=${month} .selected=${month === this.month}>
              ${name.format(Date.parse(month))}
            </option>`,
          )}
        </select>
        <select aria-label="Year" @change=${this.pickYear}>
          ${years.map(
            (one) => html`<option value=${one} .selected=${one === year}>${one}</option>`,
          )}
        </select>
      </span>
      <button type="button" class="step" aria-label="Next month" @click=${() => this.step(1)}>
        ${chevronRight}
      </button>
    </div>`;
  }

  private renderGrid() {
    const weekday = new Intl.DateTimeFormat(this.locale, { timeZone: 'UTC', weekday: 'short' });
    // 2024-01-01 was a Monday.
    const names = Array.from({ length: 7 }, (_, n) => weekday.format(Date.UTC(2024, 0, 1 + n)));
    return html`<table
      class="month"
      role="grid"
      aria-label=${this.monthName()}
      @keydown=${this.key}
      @pointerleave=${() => {
        if (this.half !== null) this.focused = this.half;
      }}
    >
      <thead>
        <tr>
          ${names.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${monthGrid(this.month).map(
          (week) => html`<tr>${week.map((day) => this.renderDay(day))}</tr>`,
        )}
      </tbody>
    </table>`;
  }

  private renderDay(day: string | null) {
    if (day === null) return html`<td></td>`;
    const range = this.half === null ? this.range : ordered(this.half, this.focused);
    const bounded = range.start !== null || range.end !== null;
    const isEdge = day === range.start || day === range.end;
    const full = new Intl.DateTimeFormat(this.locale, { timeZone: 'UTC', dateStyle: 'full' });
    return html`<td
      role="gridcell"
      aria-selected=${bounded && includes(range, day)}
      ?data-edge=${isEdge}
      ?data-first=${day === range.start}
      ?data-last=${day === range.end}
    >
      <button
        type="button"
        class="day"
        data-day=${day}
        tabindex=${day === this.tabStop() ? 0 : -1}
        aria-label=${full.format(Date.parse(day))}
        @click=${() => this.pick(day)}
        @pointerenter=${() => {
          if (this.half !== null) this.focused = day;
        }}
      >
        ${Number(day.slice(8))}
      </button>
    </td>`;
  }

  /** The day that Tab reaches: the focused one, or the first of the month on show. */
  private tabStop(): string {
    return monthOf(this.focused) === this.month ? this.focused : this.month;
  }

  private monthName(): string {
    const format = new Intl.DateTimeFormat(this.locale, {
      timeZone: 'UTC',
      month: 'long',
      year: 'numeric',
    });
    return format.format(Date.parse(this.month));
  }

  private beforeToggle(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    this.isOpen = true;
    this.half = null;
    this.focused = this.range.end ?? this.range.start ?? this.anchor;
    this.month = monthOf(this.focused);
  }

  private async toggled(event: ToggleEvent): Promise<void> {
    this.isOpen = event.newState === 'open';
    this.release?.();
    this.release = null;
    if (!this.isOpen) return;
    await this.updateComplete;
    this.release = keepBeside(this.find('#popover'), this.find('.control'));
    this.find('.preset').focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release?.();
    this.release = null;
  }

  private pick(day: string): void {
    if (this.half === null) {
      this.half = day;
      this.focused = day;
      return;
    }
    this.finish(ordered(this.half, day));
  }

  private step(months: number): void {
    this.month = monthAfter(this.month, months);
  }

  private pickMonth(event: Event): void {
    this.month = (event.target as HTMLSelectElement).value;
  }

  private pickYear(event: Event): void {
    this.month = `${(event.target as HTMLSelectElement).value}${this.month.slice(4)}`;
  }

  private async key(event: KeyboardEvent): Promise<void> {
    const day = (event.target as HTMLElement).dataset.day;
    const next = day && dayAfterKey(day, event.key, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    this.focused = next;
    this.month = monthOf(next);
    await this.updateComplete;
    this.find(`[data-day="${next}"]`).focus();
  }

  private finish(range: DateRange): void {
    this.half = null;
    this.tell(range);
    this.close();
  }

  private close(): void {
    this.find('#popover').hidePopover();
    this.find('.control').focus();
  }

  private tell({ start, end }: DateRange): void {
    const range = start !== null && end !== null ? ordered(start, end) : { start, end };
    this.value = rangeValue(range);
    this.dispatchEvent(new CustomEvent<Json>('choose', { detail: this.value }));
  }

  private find(selector: string): HTMLElement {
    return this.renderRoot.querySelector(selector) as HTMLElement;
  }
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
