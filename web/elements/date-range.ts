/** The control for a span of days: presets, two dates to type, and a calendar. */

import { html, LitElement, nothing, type TemplateResult } from 'lit';

import { isoDate } from '../charts/time.ts';
import type { Json } from '../client/definition.ts';
import { loadCalendar } from './chunks.ts';
import {
  type DateRange,
  describeRange,
  ordered,
  presets,
  rangeValue,
  readRange,
} from './date-range-value.ts';
import { calendar, chevronLeft, chevronRight } from './icons.ts';
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
    shown: { state: true },
    hasCalendar: { state: true },
    isOpen: { state: true },
  };

  label = '';
  placeholder: string | null = null;
  locale: string | undefined;
  /** The last day there is data for, or today: presets count from here. */
  anchor = '1970-01-01';
  value: Json | undefined;
  /** A day of the month on show. */
  private shown = '1970-01-01';
  private hasCalendar = false;
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
      <div class="calendar">${this.hasCalendar ? this.renderCalendar() : nothing}</div>
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
          set(text === '' ? null : text);
          if (text !== '') this.shown = text;
        }}
      />
    </label>`;
  }

  private renderCalendar(): TemplateResult {
    const { start, end } = this.range;
    return html`<fanlight-calendar-range
      .value=${start && end ? `${start}/${end}` : ''}
      .locale=${this.locale}
      .focusedDate=${this.shown}
      .formatWeekday=${'short'}
      @change=${this.picked}
      @focusday=${(event: CustomEvent<Date>) => {
        this.shown = event.detail.toISOString().slice(0, 10);
      }}
    >
      <span slot="previous">${chevronLeft}<span class="sr-only">Previous month</span></span>
      <span slot="next">${chevronRight}<span class="sr-only">Next month</span></span>
      <span slot="heading" class="month-choice">${this.renderMonths()}${this.renderYears()}</span>
      <fanlight-calendar-month></fanlight-calendar-month>
    </fanlight-calendar-range>`;
  }

  private renderMonths() {
    const name = new Intl.DateTimeFormat(this.locale, { timeZone: 'UTC', month: 'long' });
    return html`<select
      aria-label="Month"
      @change=${(event: Event) => this.show(this.year, Number(value(event)))}
    >
      ${Array.from({ length: 12 }, (_, month) => {
        const isShown = month === Number(this.shown.slice(5, 7)) - 1;
        return html`<option value=${month} .selected=${isShown}>
          ${name.format(Date.UTC(2024, month))}
        </option>`;
      })}
    </select>`;
  }

  private renderYears() {
    const { year } = this;
    return html`<select
      aria-label="Year"
      @change=${(event: Event) => this.show(Number(value(event)), Number(this.shown.slice(5, 7)) - 1)}
    >
      ${Array.from({ length: 2 * YEARS_AROUND + 1 }, (_, index) => {
        const one = year - YEARS_AROUND + index;
        return html`<option value=${one} .selected=${one === year}>${one}</option>`;
      })}
    </select>`;
  }

  private get year(): number {
    return Number(this.shown.slice(0, 4));
  }

  private show(year: number, month: number): void {
    this.shown = isoDate(Date.UTC(year, month));
  }

  private readonly picked = (event: Event): void => {
    const [start = '', end = ''] = (event.target as HTMLInputElement).value.split('/');
    if (start && end) this.finish(ordered(start, end));
  };

  private beforeToggle(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    this.isOpen = true;
    this.shown = this.range.end ?? this.range.start ?? this.anchor;
    void this.prepareCalendar();
  }

  /** Without the calendar the two dates can still be typed. */
  private async prepareCalendar(): Promise<void> {
    try {
      await loadCalendar();
      this.hasCalendar = true;
    } catch (error) {
      console.error('Fanlight: the calendar could not be loaded.', error);
    }
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

  private finish(range: DateRange): void {
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

function value(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}
