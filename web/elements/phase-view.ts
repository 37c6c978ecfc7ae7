/** The dashboard when there is none to show: on its way, ended, refused or out of reach. */

import { html, nothing, type TemplateResult } from 'lit';

import type { Failure, FailureKind } from '../client/failure.ts';

interface Words {
  readonly title: string;
  readonly advice: string;
}

const WORDS: Readonly<Record<FailureKind | 'malformed', Words>> = {
  expired: {
    title: 'Your session has ended',
    advice: 'Reload the page to go on. Nothing is lost.',
  },
  refused: {
    title: 'This dashboard cannot be opened',
    advice: 'The page was not let in. Reload it, or ask those who run it.',
  },
  missing: {
    title: 'There is no such dashboard',
    advice: 'It may have been moved or not be published here yet.',
  },
  busy: {
    title: 'The dashboard is busy',
    advice: 'Many people are looking at the moment. Try again shortly.',
  },
  unreachable: {
    title: 'The dashboard cannot be reached',
    advice: 'Check your connection, then try again.',
  },
  failed: {
    title: 'The dashboard could not be loaded',
    advice: 'Something went wrong on our side. Try again shortly.',
  },
  malformed: {
    title: 'This dashboard cannot be opened',
    advice:
      'The page gave a token that cannot be read. A customer token is written as "embed id:token".',
  },
};

/** A message in place of the dashboard. */
export function closedView(
  kind: FailureKind | 'malformed',
  failure: Failure | null,
  retry: (() => void) | null,
): TemplateResult {
  const { title, advice } = WORDS[kind];
  return html`<div class="message" role="alert" data-state=${kind}>
    <h2 class="message-title">${title}</h2>
    <p>${advice}</p>
    ${failure?.requestId ? html`<span class="request-id">Request ${failure.requestId}</span>` : nothing}
    ${
      retry
        ? html`<button type="button" class="button" @click=${retry}>Try again</button>`
        : nothing
    }
  </div>`;
}

/** Above a dashboard that still shows what was loaded while its token was good. */
export function noticeView(): TemplateResult {
  const { title, advice } = WORDS.expired;
  return html`<div class="notice" role="status" data-state="expired">
    <strong>${title}</strong><span>${advice}</span>
  </div>`;
}

/** Before the definition is here: a frame of the usual size. */
export function skeletonView(): TemplateResult {
  return html`<div class="loading" aria-busy="true" data-state="loading">
    <span class="sr-only" role="status">Loading the dashboard</span>
    <div class="header"><span class="skeleton-line"></span></div>
    <div class="loading-grid" aria-hidden="true">
      ${Array.from({ length: 6 }, () => html`<div class="panel"><div class="skeleton"></div></div>`)}
    </div>
  </div>`;
}
