/** The control for one value of a list, or for several. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';

import type { Json, Option } from '../client/definition.ts';
import type { OptionsState } from '../client/session.ts';
import { chosenValues, describeChoice, matching, toggled } from './choices.ts';
import { check, chevronDown } from './icons.ts';
import { keepBeside } from './popover.ts';
import { basics } from './styles/basics.ts';

/** More choices than this get a search box. */
const SEARCH_FROM = 8;
/** More than this are not drawn at once: nobody scrolls through them. */
const DRAWN = 200;

/**
 * @fires choose - `detail` is the new value: a list when `multiple`, null when nothing is chosen.
 * @fires wanted - the list is about to open: its choices should be fresh.
 */
export class FanlightSelect extends LitElement {
  static override properties = {
    label: {},
    placeholder: {},
    multiple: { type: Boolean },
    state: { attribute: false },
    value: { attribute: false },
    typed: { state: true },
    active: { state: true },
    isOpen: { state: true },
  };

  label = '';
  placeholder: string | null = null;
  multiple = false;
  state: OptionsState | undefined;
  value: Json | undefined;
  private typed = '';
  private active = 0;
  private isOpen = false;
  private release: (() => void) | null = null;

  static override styles = [
    basics,
    css`
      .list-popover {
        width: 260px;
      }
      .search {
        display: block;
        width: calc(100% - 16px);
        height: 32px;
        margin: 8px 8px 0;
        padding: 0 8px;
        border: 1px solid var(--_control-border);
        border-radius: calc(var(--_radius) - 2px);
        background: var(--_surface);
      }
      .actions {
        display: flex;
        justify-content: space-between;
        padding: 8px 12px 0;
        font-size: 12px;
      }
      .actions button {
        padding: 2px 0;
        border: 0;
        background: none;
        color: var(--_accent);
        cursor: pointer;
      }
      .actions button:disabled {
        color: var(--_quiet);
        cursor: default;
      }
      .list {
        margin: 0;
        padding: 4px;
        list-style: none;
        max-height: 280px;
        overflow: auto;
      }
      .list:focus-visible {
        outline: none;
      }
      .list:focus-visible .option[data-active],
      .search:focus-visible ~ .list .option[data-active] {
        outline: 2px solid var(--_accent);
        outline-offset: -2px;
      }
      .option {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 32px;
        padding: 4px 8px;
        border-radius: calc(var(--_radius) - 4px);
        cursor: pointer;
      }
      .option[data-active] {
        background: var(--_sunken);
      }
      .option-label {
        flex: 1;
        overflow-wrap: anywhere;
      }
      .mark {
        display: grid;
        place-items: center;
        width: 16px;
        height: 16px;
        flex: none;
        color: var(--_accent);
      }
      .mark.is-box {
        border: 1px solid var(--_control-border);
        border-radius: 4px;
      }
      [aria-selected='true'] .mark.is-box {
        border-color: var(--_accent);
        background: var(--_accent);
        color: var(--_on-accent);
      }
      .mark .icon {
        width: 12px;
        height: 12px;
        stroke-width: 2;
      }
      .mark > * {
        visibility: hidden;
      }
      [aria-selected='true'] .mark > * {
        visibility: visible;
      }
      .note {
        margin: 0;
        padding: 12px;
        color: var(--_quiet);
      }
    `,
  ];

  private get options(): readonly Option[] {
    return this.state?.options ?? [];
  }

  private get chosen(): Json[] {
    return chosenValues(this.value);
  }

  private get shown(): readonly Option[] {
    return matching(this.options, this.typed).slice(0, DRAWN);
  }

  override render() {
    const text = describeChoice(this.chosen, this.options);
    const empty = this.placeholder ?? (this.multiple ? 'All' : 'Any');
    return html`
      <div class="field">
        <span class="field-label" id="label">${this.label}</span>
        <button
          class="control"
          type="button"
          popovertarget="popover"
          aria-haspopup="listbox"
          aria-expanded=${this.isOpen}
          aria-labelledby="label value"
        >
          <span id="value" class="control-text ${text === null ? 'is-empty' : ''}">
            ${text ?? empty}
          </span>
          ${chevronDown}
        </button>
      </div>
      <div
        id="popover"
        class="popover list-popover"
        popover="auto"
        @beforetoggle=${this.beforeToggle}
        @toggle=${this.toggled}
        @keydown=${this.key}
      >
        ${this.renderSearch()} ${this.renderActions()} ${this.renderList()}
      </div>
    `;
  }

  private renderSearch() {
    if (this.options.length < SEARCH_FROM) return nothing;
    return html`<input
      class="search"
      type="text"
      role="combobox"
      aria-expanded="true"
      aria-controls="list"
      aria-autocomplete="list"
      aria-activedescendant=${`option-${this.active}`}
      aria-label=${`Search ${this.label}`}
      placeholder="Search"
      autocomplete="off"
      spellcheck="false"
      .value=${this.typed}
      @input=${(event: Event) => {
        this.typed = (event.target as HTMLInputElement).value;
        this.active = 0;
      }}
    />`;
  }

  private renderActions() {
    if (this.multiple) {
      return html`<div class="actions">
        <button type="button" ?disabled=${this.shown.length === 0} @click=${this.chooseAll}>
          ${this.typed === '' ? 'Select all' : 'Select found'}
        </button>
        <button type="button" ?disabled=${this.chosen.length === 0} @click=${this.clear}>
          Clear
        </button>
      </div>`;
    }
    if (this.chosen.length === 0) return nothing;
    return html`<div class="actions">
      <button type="button" @click=${this.clear}>Clear</button>
    </div>`;
  }

  private renderList() {
    const shown = this.shown;
    const hidden = matching(this.options, this.typed).length - shown.length;
    const active = shown.length > 0 ? `option-${this.active}` : nothing;
    return html`
      <ul
        id="list"
        class="list"
        role="listbox"
        tabindex="0"
        aria-label=${this.label}
        aria-multiselectable=${this.multiple}
        aria-activedescendant=${active}
      >
        ${shown.map((option, index) => this.renderOption(option, index))}
      </ul>
      ${this.renderNote(shown.length, hidden)}
    `;
  }

  private renderOption(option: Option, index: number) {
    const selected = this.chosen.some((value) => value === option.value);
    return html`<li
      id=${`option-${index}`}
      class="option"
      role="option"
      aria-selected=${selected}
      ?data-active=${index === this.active}
      @click=${() => this.choose(option)}
      @pointermove=${() => {
        this.active = index;
      }}
    >
      <span class="mark ${this.multiple ? 'is-box' : ''}">${check}</span>
      <span class="option-label">${option.label}</span>
    </li>`;
  }

  private renderNote(shown: number, hidden: number) {
    if (hidden > 0) return html`<p class="note">${hidden} more. Type to narrow the list.</p>`;
    if (shown > 0) return nothing;
    if (this.state?.status === 'loading' || !this.state) return html`<p class="note">Loading…</p>`;
    if (this.state.status === 'failed') {
      return html`<p class="note">The choices could not be loaded. Close and open to try again.</p>`;
    }
    return html`<p class="note">${this.typed ? 'Nothing matches.' : 'There is nothing to choose.'}</p>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('active') && this.isOpen) {
      this.renderRoot.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' });
    }
  }

  private beforeToggle(event: ToggleEvent): void {
    if (event.newState !== 'open') return;
    this.typed = '';
    const first = this.options.findIndex(({ value }) => this.chosen.includes(value));
    this.active = Math.max(first, 0);
    this.dispatchEvent(new CustomEvent('wanted'));
  }

  private async toggled(event: ToggleEvent): Promise<void> {
    this.isOpen = event.newState === 'open';
    this.release?.();
    this.release = null;
    if (!this.isOpen) return;
    await this.updateComplete;
    const popover = this.find('#popover');
    const button = this.find('.control');
    this.release = keepBeside(popover, button);
    (this.renderRoot.querySelector<HTMLElement>('.search') ?? this.find('#list')).focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release?.();
    this.release = null;
  }

  private key(event: KeyboardEvent): void {
    const last = this.shown.length - 1;
    const inSearch = (event.target as HTMLElement).matches('.search');
    const inList = inSearch || (event.target as HTMLElement).matches('.list');
    const steps: Record<string, number> = {
      ArrowDown: Math.min(this.active + 1, last),
      ArrowUp: Math.max(this.active - 1, 0),
      ...(!inSearch && { Home: 0, End: last }),
    };
    const next = steps[event.key];
    if (inList && next !== undefined) this.active = next;
    else if (inList && (event.key === 'Enter' || (event.key === ' ' && !inSearch))) {
      const option = this.shown[this.active];
      if (option) this.choose(option);
    } else return;
    event.preventDefault();
  }

  private choose(option: Option): void {
    const { value } = option;
    if (this.multiple) {
      this.tell(toggled(this.chosen, value, this.options));
      return;
    }
    this.tell(value);
    this.find('#popover').hidePopover();
    this.find('.control').focus();
  }

  private chooseAll(): void {
    const found = matching(this.options, this.typed).map(({ value }) => value as Json);
    this.tell([...new Set([...this.chosen, ...found])]);
  }

  private clear(): void {
    this.tell(this.multiple ? [] : null);
  }

  private tell(value: Json): void {
    this.value = value;
    this.dispatchEvent(new CustomEvent<Json>('choose', { detail: value }));
  }

  private find(selector: string): HTMLElement {
    return this.renderRoot.querySelector(selector) as HTMLElement;
  }
}
