/** The element that host pages place: it turns attributes into a session and draws its state. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';

import { latestMoment } from '../charts/figure.ts';
import type { ChartTheme } from '../charts/palette.ts';
import { isoDate } from '../charts/time.ts';
import { intlWriter, type Writer, wallClockIn } from '../charts/writer.ts';
import { type Credential, isSendable, parseTokenPair } from '../client/credential.ts';
import type { Control, Definition, Json, Placement, Variables } from '../client/definition.ts';
import { Session } from '../client/session.ts';
import {
  ATTRIBUTE_NAMES,
  DEFAULTS,
  readSetting,
  SETTING_NAMES,
  type SettingName,
  type Settings,
  settingOf,
  spellings,
  type Theme,
} from './attributes.ts';
import type { FanlightChart } from './chart.ts';
import { INCOMING, type IncomingEvent, type OutgoingEvents } from './event-names.ts';
import { layoutSheet, readingOrder } from './layout.ts';
import { MOMENT, panelView } from './panel-view.ts';
import { closedView, noticeView, skeletonView } from './phase-view.ts';
import { server } from './server.ts';
import { basics } from './styles/basics.ts';
import { dashboardStyles, panelStyles } from './styles/dashboard.ts';
import { tokens } from './styles/tokens.ts';
import { probe, probeStyles, readTheme } from './theme-probe.ts';
import { urlWithVariables, variablesInUrl } from './url-variables.ts';
import {
  attributeChanges,
  changedVariables,
  firstVariables,
  variablesOfEvent,
} from './variables.ts';

/**
 * A dashboard: `<fanlight-dashboard dash-jwt="…">`.
 *
 * Attributes and properties are those of [Settings], in every spelling. Events are those of
 * [OutgoingEvents]; `window` events named in [INCOMING] steer it. Theme it with `--fl-*` tokens and
 * the parts `header`, `panel` and `footer`.
 */
export class FanlightDashboard extends LitElement {
  static override styles = [tokens, basics, dashboardStyles, panelStyles, probeStyles];

  static override get observedAttributes(): string[] {
    // biome-ignore lint/complexity/noThisInStatic: Lit prepares this very class when asked through it.
    return [...super.observedAttributes, ...ATTRIBUTE_NAMES];
  }

  private readonly settings: Settings = { ...DEFAULTS };
  private readonly session = new Session({
    changed: () => this.requestUpdate(),
    opened: (definition) => this.opened(definition),
    settled: (milliseconds) => void this.loaded(milliseconds),
    expiring: () => this.tell('customerJwtExpired', {}),
  });
  private readonly sheet = new CSSStyleSheet();
  private readonly heights = new ResizeObserver(() => this.heightChanged());
  private asTable: ReadonlySet<string> = new Set();
  private chartTheme: ChartTheme | null = null;
  private writer: Writer = intlWriter('en', 'UTC');
  /** The variables last told to the host page. */
  private told: Variables = {};
  /** The latest moment (wall time) that this dashboard's rows have shown. */
  private latest: number | null = null;
  private height: number | null = null;
  private refreshing: ReturnType<typeof setInterval> | undefined;
  private refreshedAt = 0;

  constructor() {
    super();
    this.adoptEarlyProperties();
  }

  // Settings

  override attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    super.attributeChangedCallback(name, before, now);
    const setting = settingOf(name);
    if (setting && before !== now) this.change(setting, now ?? undefined);
  }

  /** Sets one setting from an attribute's text or a property's value. */
  change(name: SettingName, value: unknown): void {
    const before = this.settings[name];
    const now = readSetting(name, value);
    if (JSON.stringify(before) === JSON.stringify(now)) return;
    Object.assign(this.settings, { [name]: now });
    if (name === 'theme') this.reflectTheme(now as Theme | null);
    if (name === 'variables') {
      this.session.choose(attributeChanges(before as Variables, now as Variables));
    }
    this.requestUpdate('settings', before);
  }

  /** A setting as it was understood. */
  setting<Name extends SettingName>(name: Name): Settings[Name] {
    return this.settings[name];
  }

  private reflectTheme(theme: Theme | null): void {
    if (theme === null) this.removeAttribute('theme');
    else if (this.getAttribute('theme') !== theme) this.setAttribute('theme', theme);
  }

  /** Takes over properties that were set before the element was defined. */
  private adoptEarlyProperties(): void {
    for (const name of SETTING_NAMES) {
      for (const spelling of spellings(name)) {
        if (!Object.hasOwn(this, spelling)) continue;
        const value = Reflect.get(this, spelling) as unknown;
        Reflect.deleteProperty(this, spelling);
        if (name !== 'theme') this.change(name, value);
      }
    }
  }

  private credential(): Credential | null {
    const { dashJwt, dashCustomerToken, dashUserGroupToken } = this.settings;
    if (dashJwt !== null) return isSendable(dashJwt) ? { kind: 'jwt', jwt: dashJwt } : null;
    const pair = dashCustomerToken ?? dashUserGroupToken;
    return pair !== null && isSendable(pair) ? parseTokenPair(pair) : null;
  }

  /** A credential is there, but not of a form that could open anything. */
  private isMalformed(): boolean {
    const { dashJwt, dashCustomerToken, dashUserGroupToken } = this.settings;
    const given = dashJwt ?? dashCustomerToken ?? dashUserGroupToken;
    return given !== null && this.credential() === null;
  }

  // Life

  override connectedCallback(): void {
    super.connectedCallback();
    for (const name of INCOMING) window.addEventListener(name, this.hear);
    document.addEventListener('visibilitychange', this.refreshIfDue);
    this.heights.observe(this);
    this.requestUpdate('settings');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const name of INCOMING) window.removeEventListener(name, this.hear);
    document.removeEventListener('visibilitychange', this.refreshIfDue);
    this.heights.disconnect();
    clearInterval(this.refreshing);
    this.session.close();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot() as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.sheet];
    return root;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('settings') || !this.isConnected) return;
    const credential = this.credential();
    const { environment, timeZone } = this.settings;
    this.session.timeZone = timeZone;
    this.session.open(credential && { base: server(), credential, environment });
    this.chooseWriter();
    this.scheduleRefresh();
  }

  private chooseWriter(): void {
    const zone = this.settings.timeZone ?? this.session.state.definition?.time_zone ?? 'UTC';
    this.writer = intlWriter(this.locale(), zone);
  }

  private locale(): string {
    return this.settings.localeCode ?? (document.documentElement.lang || navigator.language);
  }

  private scheduleRefresh(): void {
    clearInterval(this.refreshing);
    const minutes = this.settings.refreshMinutes;
    if (minutes === null) return;
    this.refreshedAt = Date.now();
    this.refreshing = setInterval(this.refreshIfDue, minutes * 60_000);
  }

  /** Refreshes when it is time and somebody looks; a page in the background catches up later. */
  private readonly refreshIfDue = (): void => {
    const minutes = this.settings.refreshMinutes;
    // Timers may fire a moment early.
    if (minutes === null || document.hidden) return;
    if (Date.now() - this.refreshedAt < minutes * 60_000 - 500) return;
    this.refreshedAt = Date.now();
    this.session.refresh();
  };

  // The host page

  private readonly hear = (event: Event): void => {
    const { detail } = event as CustomEvent<unknown>;
    if ((event.type as IncomingEvent) === 'updateCustomerJwt') {
      const jwt = (detail as { jwt?: unknown } | null)?.jwt;
      if (typeof jwt === 'string' && this.settings.dashJwt !== null) this.change('dashJwt', jwt);
      return;
    }
    const changes = variablesOfEvent(detail);
    if (changes) this.session.choose(changes);
  };

  private tell<Name extends keyof OutgoingEvents>(name: Name, detail: OutgoingEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** Empty when a JWT opened the dashboard, as embeds before us told it. */
  private get dashboardId(): string {
    const credential = this.credential();
    return credential?.kind === 'token' ? credential.embedId : '';
  }

  private size() {
    return { dashboardId: this.dashboardId, dashboardHeight: this.offsetHeight };
  }

  private opened(definition: Definition): Variables {
    this.sheet.replaceSync(layoutSheet(definition));
    this.asTable = new Set();
    this.latest = null;
    this.height = null;
    const { variables } = this.settings;
    const url = variablesInUrl(location.search, definition.elements);
    const first = firstVariables(variables, url);
    this.told = first;
    void this.ready(definition);
    return first;
  }

  private async ready(definition: Definition): Promise<void> {
    const zone = this.settings.timeZone ?? definition.time_zone;
    this.writer = intlWriter(this.locale(), zone);
    await Promise.resolve();
    await this.updateComplete;
    this.tell('dashboardReadyToLoad', this.size());
  }

  private async loaded(milliseconds: number): Promise<void> {
    const { definition } = this.session.state;
    await this.updateComplete;
    await Promise.all(this.charts().map((chart) => chart.drawn));
    // Meanwhile another viewer may have come.
    if (this.session.state.definition !== definition) return;
    this.height = this.offsetHeight;
    this.tell('dashboardLoaded', { ...this.size(), loadTime: milliseconds });
  }

  private heightChanged(): void {
    if (this.height === null || this.offsetHeight === this.height) return;
    this.height = this.offsetHeight;
    this.tell('dashboardUpdated', this.size());
  }

  // Drawing

  override render(): TemplateResult {
    return html`${probe(() => this.requestUpdate())}
      <div class="dashboard">${this.renderPhase()}</div>`;
  }

  private renderPhase() {
    const { phase, definition, failure } = this.session.state;
    if (this.isMalformed()) return closedView('malformed', null, null);
    if (phase === 'failed' && failure) {
      return closedView(failure.kind, failure, () => this.session.refresh());
    }
    if (phase === 'expired' && !definition) return closedView('expired', failure, null);
    if (!definition) return skeletonView();
    return html`
      ${phase === 'expired' ? noticeView() : nothing}
      ${this.renderHeader(definition)}
      <div class="grid">
        ${readingOrder(definition.layout).map((cell, index) => this.renderCell(cell, index))}
      </div>
      ${this.renderFooter(definition)}
    `;
  }

  private renderHeader({ title, customer, watermark }: Definition) {
    return html`<header class="header" part="header">
      <h2 class="title">${title}</h2>
      <span class="viewer">${customer.name}</span>
      ${watermark ? html`<span class="badge">Demo</span>` : nothing}
    </header>`;
  }

  private renderCell({ panel, element }: Placement, index: number) {
    return html`<div class="cell cell-${index}">
      ${panel ? this.renderPanel(panel) : element ? this.renderControl(element) : nothing}
    </div>`;
  }

  private renderPanel(id: string) {
    const { definition, panels } = this.session.state;
    const panel = definition?.panels.find((one) => one.id === id);
    const state = panels.get(id);
    if (!definition || !panel || !state) return nothing;
    return panelView(panel, state, {
      writer: this.writer,
      theme: this.chartTheme,
      watermark: definition.watermark,
      hasSelection: definition.elements.some(
        (element) => element.id in this.session.state.variables,
      ),
      asTable: this.asTable.has(id),
      retry: () => this.session.retry(id),
      clearSelection: () => this.clearSelection(definition),
      toggleTable: () => this.toggleTable(id),
      turn: (page) => this.session.turnTo(id, page),
      order: (sort) => this.session.sortBy(id, sort),
    });
  }

  private renderControl(id: string) {
    const { definition, variables, options } = this.session.state;
    const control = definition?.elements.find((one) => one.id === id);
    if (!control) return nothing;
    const label = control.label ?? control.id;
    const choose = (event: CustomEvent<Json>) => this.session.choose({ [id]: event.detail });
    if (control.type === 'date_range') {
      return html`<fanlight-date-range
        data-element=${id}
        .label=${label}
        .placeholder=${control.placeholder}
        .value=${variables[id]}
        .locale=${this.locale()}
        .anchor=${this.anchor()}
        @choose=${choose}
      ></fanlight-date-range>`;
    }
    return html`<fanlight-select
      data-element=${id}
      .label=${label}
      .placeholder=${control.placeholder}
      .multiple=${control.type === 'multi_select'}
      .state=${options.get(id)}
      .value=${variables[id]}
      @choose=${choose}
      @wanted=${() => this.session.loadOptions(id)}
    ></fanlight-select>`;
  }

  private renderFooter(definition: Definition) {
    const panels = [...this.session.state.panels.values()];
    const moments = panels.flatMap(({ result }) => (result ? [result.as_of] : []));
    const isLoading = panels.some(({ status }) => status === 'loading');
    const oldest = moments.sort()[0];
    const zone = this.settings.timeZone ?? definition.time_zone;
    return html`<footer class="footer" part="footer">
      ${oldest ? html`<span>Data as of ${this.writer.exact(oldest, MOMENT)}</span>` : nothing}
      ${!oldest && isLoading ? html`<span>Loading data</span>` : nothing}
      <span>Times in ${zone.replaceAll('_', ' ')}</span>
    </footer>`;
  }

  protected override updated(): void {
    const theme = readTheme(this.renderRoot);
    if (theme && JSON.stringify(theme) !== JSON.stringify(this.chartTheme)) {
      this.chartTheme = theme;
      this.requestUpdate();
    }
    this.tellVariables();
  }

  private tellVariables(): void {
    const { variables, definition } = this.session.state;
    if (!definition) return;
    const changes = changedVariables(this.told, variables);
    if (changes.length === 0) return;
    this.told = variables;
    for (const [varName, newValue] of changes) {
      this.tell('sendVariableUpdatedEvent', { varName, newValue });
    }
    if (this.settings.updateUrlParams) this.writeUrl(definition.elements, variables);
  }

  private writeUrl(controls: readonly Control[], variables: Variables): void {
    const search = urlWithVariables(location.search, controls, variables, this.settings.variables);
    history.replaceState(history.state, '', `${location.pathname}${search}${location.hash}`);
  }

  private clearSelection({ elements }: Definition): void {
    this.session.choose(Object.fromEntries(elements.map(({ id }) => [id, null])));
  }

  private toggleTable(id: string): void {
    const next = new Set(this.asTable);
    if (!next.delete(id)) next.add(id);
    this.asTable = next;
    this.requestUpdate();
  }

  /** The day from which presets count: the last one with data, or today when that is earlier. */
  private anchor(): string {
    const zone = this.settings.timeZone ?? this.session.state.definition?.time_zone ?? 'UTC';
    const today = wallClockIn(zone)(Date.now());
    for (const panel of this.session.state.definition?.panels ?? []) {
      const result = this.session.state.panels.get(panel.id)?.result;
      const latest = result ? latestMoment(panel, result, this.writer) : null;
      if (latest !== null && (this.latest === null || latest > this.latest)) this.latest = latest;
    }
    return isoDate(Math.min(this.latest ?? today, today));
  }

  private charts(): FanlightChart[] {
    return [...this.renderRoot.querySelectorAll<FanlightChart>('fanlight-chart')];
  }
}

for (const name of SETTING_NAMES) {
  for (const spelling of spellings(name)) {
    Object.defineProperty(FanlightDashboard.prototype, spelling, {
      configurable: true,
      get(this: FanlightDashboard) {
        return this.setting(name);
      },
      set(this: FanlightDashboard, value: unknown) {
        this.change(name, value);
      },
    });
  }
}
