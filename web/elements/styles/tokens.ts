/**
 * The design tokens: the one way to theme a dashboard. A page sets `--fl-*` on the element or any
 * ancestor; what it does not set comes from here.
 *
 * `light-dark()` follows the page's `color-scheme`, so a page that is always light never gets a
 * dark dashboard; the `theme` attribute decides otherwise.
 */

import { css, unsafeCSS } from 'lit';

import { type Colors, DARK, DARK_SERIES, LIGHT, LIGHT_SERIES } from '../../charts/palette.ts';

const series = LIGHT_SERIES.map(
  (light, index) =>
    `--_series-${index + 1}: var(--fl-series-${index + 1}, light-dark(${light}, ${DARK_SERIES[index]}));`,
).join('\n');

/** A colour of the palette that follows the page's scheme. */
const color = (name: Exclude<keyof Colors, 'series'>) =>
  unsafeCSS(`light-dark(${LIGHT[name]}, ${DARK[name]})`);

/** Private names (`--_*`) resolve a token or its default; all other sheets use only these. */
export const tokens = css`
  :host {
    --_surface: var(--fl-surface, ${color('surface')});
    --_sunken: var(--fl-sunken, light-dark(#f5f6f8, #1d2129));
    --_text: var(--fl-text, ${color('text')});
    --_quiet: var(--fl-text-quiet, ${color('quiet')});
    --_border: var(--fl-border, ${color('border')});
    --_control-border: var(--fl-control-border, light-dark(#8d95a3, #6b7483));
    --_grid: var(--fl-grid, ${color('grid')});
    --_accent: var(--fl-accent, ${color('accent')});
    --_on-accent: var(--fl-on-accent, light-dark(#ffffff, #0c1526));
    --_accent-soft: var(--fl-accent-soft, light-dark(#e9f0fc, #1c2a44));
    --_good: var(--fl-good, ${color('good')});
    --_danger: var(--fl-danger, ${color('danger')});
    --_rest: var(--fl-series-rest, ${color('rest')});
    --_radius: var(--fl-radius, 8px);
    --_font: var(
      --fl-font,
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Helvetica Neue',
      'Noto Sans',
      'Liberation Sans',
      Arial,
      sans-serif
    );
    --_motion: 120ms;
    ${unsafeCSS(series)}
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='auto']) {
    color-scheme: light dark;
  }
  @media (prefers-reduced-motion: reduce) {
    :host {
      --_motion: 0ms;
    }
  }
`;
