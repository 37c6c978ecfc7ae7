/**
 * What the tokens come to as colours. Charts are drawn by script and need plain values, while a
 * token may be `light-dark(…)` or a variable of the host page; a hidden element works them out.
 */

import { css, html, unsafeCSS } from 'lit';

import type { ChartTheme } from '../charts/palette.ts';

const SERIES = Array.from({ length: 8 }, (_, index) => `series-${index + 1}`);
const TOKENS = [...SERIES, 'rest', 'text', 'quiet', 'grid', 'surface'];

/** A change of any colour starts a transition, which tells that the theme changed. */
export const probeStyles = css`
  .probe {
    position: absolute;
    visibility: hidden;
    pointer-events: none;
  }
  .probe > * {
    transition: color 1ms step-end;
  }
  ${unsafeCSS(TOKENS.map((name) => `.probe-${name} { color: var(--_${name}); }`).join('\n'))}
`;

export function probe(changed: () => void) {
  return html`<span class="probe" aria-hidden="true" @transitionend=${changed}>
    ${TOKENS.map((name) => html`<i class=${`probe-${name}`}></i>`)}
  </span>`;
}

/** Reads the colours; call it after rendering, while connected. */
export function readTheme(root: ParentNode): ChartTheme | null {
  const color = (name: string) => {
    const element = root.querySelector(`.probe-${name}`);
    return element ? getComputedStyle(element).color : '';
  };
  const first = root.querySelector('.probe');
  if (!first) return null;
  return {
    series: SERIES.map(color),
    rest: color('rest'),
    text: color('text'),
    quiet: color('quiet'),
    grid: color('grid'),
    surface: color('surface'),
    font: getComputedStyle(first).fontFamily,
  };
}
