/** Fills the page with the dashboard that its address names, and relays events both ways. */

import './iframe.css';

import { INCOMING, OUTGOING } from '../elements/event-names.ts';
import { readAddress } from './address.ts';

const embed = readAddress(location.pathname, location.search);
const theme = embed?.attributes.theme;
if (theme) document.documentElement.dataset.theme = theme;
relayToHost();
relayFromHost();
show(embed?.attributes ?? { 'dash-customer-token': 'unreadable' });

function show(attributes: Readonly<Record<string, string>>): void {
  const dashboard = document.createElement('fanlight-dashboard');
  for (const [name, value] of Object.entries(attributes)) dashboard.setAttribute(name, value);
  document.getElementById('dashboard')?.append(dashboard);
}

/** The host may be of any origin; what is told holds no data, only names, heights and choices. */
function relayToHost(): void {
  if (window.parent === window) return;
  for (const name of OUTGOING) {
    window.addEventListener(name, (event) => {
      const { detail } = event as CustomEvent<unknown>;
      window.parent.postMessage({ event: name, detail }, '*');
    });
  }
}

/** Only the page around this one may steer it. */
function relayFromHost(): void {
  window.addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
    if (source !== window.parent || typeof data !== 'object' || data === null) return;
    const { event, detail } = data as { event?: unknown; detail?: unknown };
    const name = INCOMING.find((one) => one === event);
    if (name) window.dispatchEvent(new CustomEvent(name, { detail }));
  });
}
