/** The two calls of the demo's front page. */

import type { Customer } from './viewers.ts';

export interface Demo {
  /** Embed ids by the names of dashboards. */
  readonly dashboards: Readonly<Record<string, string>>;
  readonly customers: readonly Customer[];
}

export interface Opening {
  readonly jwt: string;
  /** A command that creates the customer. */
  readonly create_curl: string;
  /** HTML that embeds the dashboard for that customer. */
  readonly embed_html: string;
}

export function loadDemo(): Promise<Demo> {
  return call('demo/customers');
}

export function openAs(providedId: string, dashboard: string): Promise<Opening> {
  const body = JSON.stringify({ provided_id: providedId, dashboard });
  return call('demo/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  });
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(new URL(path, document.baseURI), init);
  if (!response.ok) throw new Error(`The server answered with status ${response.status}.`);
  return (await response.json()) as T;
}
