/**
 * One viewer's look at one dashboard: what is loaded, what the viewer chose, what is on its way.
 *
 * Knows nothing of the DOM: the element listens for changes and draws [Session.state].
 */

import type { Panel, Result } from '../charts/panel.ts';
import { type Credential, sameCredential } from './credential.ts';
import type { Definition, Json, Option, Variables } from './definition.ts';
import {
  type Answer,
  type DataRequest,
  EmbedClient,
  type Place,
  type SortKey,
} from './embed-client.ts';
import { warnIn } from './expiry.ts';
import { Failure } from './failure.ts';

export interface PanelState {
  /** `refreshing` still shows the last result. */
  readonly status: 'loading' | 'refreshing' | 'ready' | 'failed';
  readonly result: Result | null;
  /** Why the last call failed; with a result at hand, that result is stale. */
  readonly failure: Failure | null;
  readonly page: number;
  readonly sort: readonly SortKey[];
}

export interface OptionsState {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly options: readonly Option[];
}

export interface SessionState {
  /** `waiting`: no credential yet. */
  readonly phase: 'waiting' | 'loading' | 'ready' | 'expired' | 'failed';
  readonly definition: Definition | null;
  readonly failure: Failure | null;
  readonly panels: ReadonlyMap<string, PanelState>;
  readonly options: ReadonlyMap<string, OptionsState>;
  readonly variables: Variables;
}

export interface Listener {
  /** The state changed. */
  changed(): void;
  /** The definition of a dashboard (another than before) arrived; returns the first variables. */
  opened(definition: Definition): Variables;
  /** All panels have been answered for the first time since `opened`. */
  settled(milliseconds: number): void;
  /** The token is about to end or has ended; told once per token. */
  expiring(): void;
}

/** Rapid choices are gathered for so many ms before panels are asked again. */
const GATHER = 120;

const NOTHING: SessionState = {
  phase: 'waiting',
  definition: null,
  failure: null,
  panels: new Map(),
  options: new Map(),
  variables: {},
};
const UNLOADED: PanelState = { status: 'loading', result: null, failure: null, page: 1, sort: [] };

export class Session {
  state: SessionState = NOTHING;
  timeZone: string | null = null;
  private place: Place | null = null;
  private client: EmbedClient | null = null;
  private opening: AbortController | null = null;
  private calls = new Map<string, AbortController>();
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private warning: ReturnType<typeof setTimeout> | undefined;
  private warned: Credential | null = null;
  private openedAt = 0;
  private unsettled = false;

  constructor(private readonly listener: Listener) {}

  /** Opens the dashboard at `place`; null closes it. The same place again does nothing. */
  open(place: Place | null): void {
    if (place === null) {
      this.close();
      return;
    }
    const before = this.place;
    const sameSpot = before?.base === place.base && before.environment === place.environment;
    if (before && sameSpot && sameCredential(before.credential, place.credential)) return;
    this.place = place;
    this.client = new EmbedClient(place);
    void this.load();
  }

  /** Stops everything under way and forgets what was shown. */
  close(): void {
    this.stop();
    this.place = null;
    this.client = null;
    this.set(NOTHING);
  }

  /** Asks again: for the dashboard if it is not there, else for all panels. */
  refresh(): void {
    if (this.state.phase === 'ready') this.loadPanels();
    else if (this.place && this.state.phase === 'failed') void this.load();
  }

  retry(panel: string): void {
    void this.loadPanel(panel);
  }

  /** Sets variables and asks all panels again; null, an empty text and an empty list clear one. */
  choose(changes: Variables): void {
    const variables = withChanges(this.state.variables, changes);
    if (JSON.stringify(variables) === JSON.stringify(this.state.variables)) return;
    const panels = new Map(
      [...this.state.panels].map(([id, panel]) => [id, { ...panel, page: 1 }]),
    );
    this.set({ ...this.state, variables, panels });
    if (this.state.phase !== 'ready') return;
    clearTimeout(this.gathering);
    this.gathering = setTimeout(() => this.loadPanels(), GATHER);
  }

  turnTo(panel: string, page: number): void {
    this.setPanel(panel, { page });
    void this.loadPanel(panel);
  }

  sortBy(panel: string, sort: readonly SortKey[]): void {
    this.setPanel(panel, { sort, page: 1 });
    void this.loadPanel(panel);
  }

  /** Asks for a control's choices, which may depend on the other variables. */
  async loadOptions(id: string): Promise<void> {
    const key = `options ${id}`;
    if (!this.state.options.has(id)) this.setOptions(id, { status: 'loading', options: [] });
    const { [id]: _own, ...others } = this.state.variables;
    const asked = this.ask(key, (client, signal) =>
      client.options(id, this.request(others), signal),
    );
    const answer = await asked;
    if (answer === null) return;
    const known = this.state.options.get(id)?.options ?? [];
    if (answer instanceof Failure) this.setOptions(id, { status: 'failed', options: known });
    else this.setOptions(id, { status: 'ready', options: answer.body.options });
  }

  private async load(): Promise<void> {
    this.stop();
    const opening = new AbortController();
    this.opening = opening;
    this.openedAt = performance.now();
    const shown = this.state.definition !== null && this.state.phase !== 'failed';
    this.set({ ...this.state, phase: shown ? this.state.phase : 'loading', failure: null });
    try {
      const answer = await this.client?.dashboard(opening.signal);
      if (answer) this.opened(answer);
    } catch (error) {
      if (!opening.signal.aborted) this.fail(asFailure(error));
    }
  }

  private opened({ body: definition, expiresAt }: Answer<Definition>): void {
    const before = this.state.definition;
    this.warnBefore(expiresAt);
    if (before && isSameView(before, definition)) {
      this.set({ ...this.state, phase: 'ready', definition, failure: null });
    } else {
      const panels = new Map(definition.panels.map(({ id }) => [id, UNLOADED]));
      this.unsettled = true;
      // The listener reads the definition to find the first variables, so it is told before the
      // state says "ready".
      const variables = withChanges({}, this.listener.opened(definition));
      this.set({
        phase: 'ready',
        definition,
        failure: null,
        panels,
        options: new Map(),
        variables,
      });
    }
    this.loadPanels();
    for (const { id, type } of definition.elements) {
      if (type !== 'date_range') void this.loadOptions(id);
    }
  }

  private loadPanels(): void {
    clearTimeout(this.gathering);
    for (const { id } of this.state.definition?.panels ?? []) void this.loadPanel(id);
    this.settle();
  }

  private async loadPanel(id: string): Promise<void> {
    const panel = this.state.definition?.panels.find((one) => one.id === id);
    const state = this.state.panels.get(id);
    if (!panel || !state) return;
    this.setPanel(id, { status: state.result ? 'refreshing' : 'loading', failure: null });
    const request = this.panelRequest(panel, state);
    const answer = await this.ask(id, (client, signal) => client.panel(id, request, signal));
    if (answer === null) return;
    if (answer instanceof Failure) this.setPanel(id, afterFailure(state, answer));
    else {
      this.setPanel(id, { status: 'ready', result: answer.body, failure: null });
      this.warnBefore(answer.expiresAt);
    }
    this.settle();
  }

  /** Runs one call under a key; a later call with the same key cancels it. Null: cancelled. */
  private async ask<T>(
    key: string,
    call: (client: EmbedClient, signal: AbortSignal) => Promise<Answer<T>>,
  ): Promise<Answer<T> | Failure | null> {
    this.calls.get(key)?.abort();
    const controller = new AbortController();
    this.calls.set(key, controller);
    if (!this.client) return null;
    try {
      const answer = await call(this.client, controller.signal);
      return controller.signal.aborted ? null : answer;
    } catch (error) {
      if (controller.signal.aborted) return null;
      const failure = asFailure(error);
      if (failure.kind === 'expired') this.fail(failure);
      return failure;
    } finally {
      if (this.calls.get(key) === controller) this.calls.delete(key);
    }
  }

  private panelRequest(panel: Panel, state: PanelState): DataRequest {
    const request = this.request(this.state.variables);
    if (panel.type !== 'table') return request;
    const page = { page: state.page, page_size: panel.page_size };
    return state.sort.length > 0
      ? { ...request, ...page, sort: state.sort }
      : { ...request, ...page };
  }

  private request(variables: Variables): DataRequest {
    return this.timeZone ? { variables, time_zone: this.timeZone } : { variables };
  }

  private fail(failure: Failure): void {
    if (failure.kind === 'expired') {
      this.set({ ...this.state, phase: 'expired', failure });
      this.warn();
    } else {
      this.stop();
      this.set({ ...NOTHING, phase: 'failed', failure });
    }
  }

  private settle(): void {
    const waiting = [...this.state.panels.values()].some(({ status }) => status === 'loading');
    if (!this.unsettled || waiting || this.state.phase !== 'ready') return;
    this.unsettled = false;
    this.listener.settled(Math.round(performance.now() - this.openedAt));
  }

  private warnBefore(expiresAt: number | null): void {
    clearTimeout(this.warning);
    if (expiresAt === null) return;
    this.warning = setTimeout(() => this.warn(), warnIn(expiresAt, Date.now()));
  }

  private warn(): void {
    const credential = this.place?.credential ?? null;
    if (credential === null || this.warned === credential) return;
    this.warned = credential;
    this.listener.expiring();
  }

  private stop(): void {
    clearTimeout(this.gathering);
    clearTimeout(this.warning);
    this.opening?.abort();
    for (const call of this.calls.values()) call.abort();
    this.calls.clear();
  }

  private setPanel(id: string, change: Partial<PanelState>): void {
    const panel = this.state.panels.get(id);
    if (!panel) return;
    this.set({
      ...this.state,
      panels: new Map(this.state.panels).set(id, { ...panel, ...change }),
    });
  }

  private setOptions(id: string, options: OptionsState): void {
    this.set({ ...this.state, options: new Map(this.state.options).set(id, options) });
  }

  private set(state: SessionState): void {
    this.state = state;
    this.listener.changed();
  }
}

/** Whether another token shows the very same thing, so that nothing on the screen need change. */
function isSameView(a: Definition, b: Definition): boolean {
  return (
    a.embed_id === b.embed_id &&
    a.version === b.version &&
    a.customer.provided_id === b.customer.provided_id
  );
}

/** Whether a variable's value counts as none. */
export function isNoValue(value: Json | undefined): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

function withChanges(variables: Variables, changes: Variables): Variables {
  const merged = Object.entries({ ...variables, ...changes });
  return Object.fromEntries(merged.filter(([, value]) => !isNoValue(value)));
}

/** The end of a session is told once for all panels, which wait for another token as they are. */
function afterFailure({ result }: PanelState, failure: Failure): Partial<PanelState> {
  if (failure.kind !== 'expired') return { status: 'failed', failure };
  return { status: result ? 'ready' : 'loading' };
}

function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure('failed', error instanceof Error ? error.message : String(error));
}
