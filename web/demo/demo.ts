/** The demo's front page: choose who is looking, see what they see, copy how it was made. */

import './demo.css';

import { html, nothing, render } from 'lit';

import { codeCard } from './code-card.ts';
import { type Demo, loadDemo, type Opening, openAs } from './server.ts';
import {
  type Airline,
  airlinesOf,
  type Customer,
  firstViewer,
  found,
  stationName,
} from './viewers.ts';

interface State {
  demo: Demo | null;
  airlines: readonly Airline[];
  typed: string;
  viewer: string | null;
  opening: Opening | null;
  failure: string | null;
  /** What was copied last, for a moment. */
  copied: string | null;
}

const state: State = {
  demo: null,
  airlines: [],
  typed: '',
  viewer: null,
  opening: null,
  failure: null,
  copied: null,
};

const app = document.getElementById('app') as HTMLElement;

function set(change: Partial<State>): void {
  Object.assign(state, change);
  render(page(), app);
}

async function start(): Promise<void> {
  set({ failure: null });
  try {
    const demo = await loadDemo();
    const airlines = airlinesOf(demo.customers);
    set({ demo, airlines });
    const viewer = firstViewer(airlines, location.hash);
    if (viewer) {
      showInList(viewer);
      await choose(viewer);
    }
  } catch (error) {
    set({ failure: error instanceof Error ? error.message : String(error) });
  }
}

/** Scrolls the list, but not the page, to the chosen viewer. */
function showInList(viewer: string): void {
  const list = document.querySelector<HTMLElement>('.airlines');
  const button = list?.querySelector<HTMLElement>(`[data-viewer="${CSS.escape(viewer)}"]`);
  const item = button?.closest<HTMLElement>('.airline');
  if (list && item) list.scrollTop = item.offsetTop - list.offsetTop - 8;
}

async function choose(viewer: string): Promise<void> {
  set({ viewer, failure: null });
  history.replaceState(null, '', `${location.pathname}${location.search}#${viewer}`);
  try {
    const opening = await openAs(viewer, dashboardName());
    // Somebody may have chosen another viewer meanwhile.
    if (state.viewer === viewer) set({ opening });
  } catch (error) {
    set({ failure: error instanceof Error ? error.message : String(error) });
  }
}

function dashboardName(): string {
  const names = Object.keys(state.demo?.dashboards ?? {});
  return names.includes('on-time') ? 'on-time' : (names[0] ?? '');
}

async function renewToken(): Promise<void> {
  if (!state.viewer) return;
  const { jwt } = await openAs(state.viewer, dashboardName());
  window.dispatchEvent(new CustomEvent('updateCustomerJwt', { detail: { jwt } }));
}

function page() {
  return html`
    <header>
      <div class="top">
        <div class="brand"><img src="assets/icon.svg" alt="" width="24" height="24" />Fanlight</div>
        <nav class="links" aria-label="More">
          ${
            state.opening
              ? html`<a href=${`iframe/${state.opening.jwt}`} target="_blank">
                  The dashboard on a page of its own
                </a>`
              : nothing
          }
        </nav>
      </div>
      <div class="intro">
        <h1>Every airline sees its own flights</h1>
        <p>
          One dashboard over the flights that left New York in 2013, embedded for
          ${state.airlines.length || 'its'} airlines. Choose who is looking: the page stays the same,
          the rows are theirs alone. Beside it stand the call that creates such a customer and the
          HTML that shows it the dashboard; both work as they are.
        </p>
      </div>
    </header>
    ${state.failure ? failure(state.failure) : nothing}
    <div class="columns">
      <aside class="viewers" aria-label="Who is looking">${viewers()}</aside>
      <main class="shown">
        <explo-dashboard theme="auto" dash-jwt=${state.opening?.jwt ?? ''}></explo-dashboard>
      </main>
      <aside class="how" aria-label="How it is made">${how()}</aside>
    </div>
  `;
}

function failure(message: string) {
  return html`<div class="failure" role="alert">
    <p>The demo could not be loaded. ${message}</p>
    <button type="button" class="button" @click=${start}>Try again</button>
  </div>`;
}

function viewers() {
  const shown = found(state.airlines, state.typed);
  return html`
    <h2 id="viewers-title">Who is looking</h2>
    <input
      class="search"
      type="search"
      placeholder="Search airlines and stations"
      aria-label="Search airlines and stations"
      .value=${state.typed}
      @input=${(event: Event) => set({ typed: (event.target as HTMLInputElement).value })}
    />
    <ul class="airlines" aria-labelledby="viewers-title">
      ${shown.map(airlineItem)}
    </ul>
    ${shown.length === 0 && state.demo ? html`<p class="quiet">No airline matches.</p>` : nothing}
  `;
}

function airlineItem(airline: Airline) {
  return html`<li class="airline">
    ${viewerButton(
      airline,
      html`<span class="name">${airline.name}</span>
      <span class="code">${airline.provided_id}</span>`,
    )}
    ${
      airline.stations.length > 0
        ? html`<ul class="stations" aria-label=${`Stations of ${airline.name}`}>
            ${airline.stations.map(
              (station) => html`<li>${viewerButton(station, stationName(station))}</li>`,
            )}
          </ul>`
        : nothing
    }
  </li>`;
}

function viewerButton(customer: Customer, content: unknown) {
  return html`<button
    type="button"
    class="viewer"
    data-viewer=${customer.provided_id}
    title=${customer.name}
    aria-pressed=${customer.provided_id === state.viewer}
    @click=${() => choose(customer.provided_id)}
  >
    ${content}
  </button>`;
}

function how() {
  const { opening, copied } = state;
  const copy = (id: string) => {
    set({ copied: id });
    setTimeout(() => set({ copied: state.copied === id ? null : state.copied }), 2000);
  };
  return html`
    <h2>How it is made</h2>
    ${codeCard({
      id: 'create',
      title: 'Your back end creates the customer',
      note: 'Get or create: run it twice and the same customer comes back.',
      code: opening?.create_curl ?? null,
      isCopied: copied === 'create',
      copied: () => copy('create'),
    })}
    ${codeCard({
      id: 'embed',
      title: 'Your page embeds the dashboard',
      note: 'The token speaks for this one customer and ends after a while.',
      code: opening?.embed_html ?? null,
      isCopied: copied === 'embed',
      copied: () => copy('embed'),
    })}
  `;
}

window.addEventListener('customerJwtExpired', () => void renewToken());
set({});
void start();
