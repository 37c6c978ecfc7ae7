/** Tables: quiet lines, rows of 36 pixels, a heading that stays. */

import { css } from 'lit';

export const tableStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: 0;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overscroll-behavior-x: contain;
    container-type: inline-size;
    isolation: isolate;
  }
  .scroll:focus-visible {
    outline-offset: -2px;
  }
  table {
    width: 100%;
    border-collapse: separate;
    border-spacing: 0;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    height: 36px;
    padding: 0 12px;
    border-bottom: 1px solid var(--_border);
    text-align: start;
    font-weight: 400;
    white-space: nowrap;
  }
  :is(th, td):first-child {
    padding-inline-start: 16px;
  }
  :is(th, td):last-child {
    padding-inline-end: 16px;
  }
  tbody tr:last-child td {
    border-bottom: 0;
  }
  th {
    position: sticky;
    top: 0;
    background: var(--_surface);
    font-size: 12px;
    color: var(--_quiet);
  }
  tfoot :is(th, td) {
    position: sticky;
    bottom: 0;
    border-top: 1px solid var(--_border);
    border-bottom: 0;
    background: var(--_surface);
    font-size: inherit;
    font-weight: 600;
    color: var(--_text);
  }
  /* The many columns of a pivot pass below its names. */
  .is-pinned :is(th, td):first-child {
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
    background: var(--_surface);
  }
  .is-pinned tbody tr:hover td:first-child {
    background: var(--_sunken);
  }
  .is-pinned :is(th, td):first-child .value {
    max-width: min(320px, 40cqi);
  }
  thead th,
  tfoot :is(th, td) {
    z-index: 1;
  }
  .is-pinned :is(thead, tfoot) tr > :first-child {
    z-index: 2;
  }
  .gap td {
    padding: 0;
    border: 0;
  }
  .is-number {
    text-align: end;
  }
  .is-missing {
    color: var(--_quiet);
  }
  .value {
    display: inline-block;
    max-width: 320px;
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
  }
  tbody tr:hover {
    background: var(--_sunken);
  }
  .sort {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    height: 28px;
    margin: 0 -6px;
    padding: 0 6px;
    border: 0;
    border-radius: 6px;
    background: none;
    cursor: pointer;
  }
  .sort:hover {
    background: var(--_sunken);
    color: var(--_text);
  }
  .is-number .sort {
    flex-direction: row-reverse;
  }
  [aria-sort] .sort {
    color: var(--_text);
    font-weight: 600;
  }
  .sort .icon {
    width: 12px;
    height: 12px;
  }
  .pages {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 16px;
    padding: 8px 16px;
    border-top: 1px solid var(--_border);
    font-size: 12px;
    color: var(--_quiet);
    font-variant-numeric: tabular-nums;
  }
  .turns {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .turns .button {
    min-height: 28px;
    padding: 0 6px;
  }
  .page {
    width: 56px;
    height: 28px;
    padding: 0 8px;
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_surface);
    text-align: end;
    color: var(--_text);
    appearance: textfield;
  }
  .page::-webkit-inner-spin-button {
    appearance: none;
  }
`;
