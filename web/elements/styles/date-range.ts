/** The calendar of a date range and what stands around it. */

import { css } from 'lit';

export const dateRangeStyles = css`
  .dates:popover-open {
    display: flex;
  }
  .presets {
    display: flex;
    flex-direction: column;
    gap: 2px;
    padding: 8px;
    border-inline-end: 1px solid var(--_border);
  }
  .preset {
    padding: 6px 12px;
    border: 0;
    border-radius: calc(var(--_radius) - 4px);
    background: none;
    text-align: start;
    white-space: nowrap;
    cursor: pointer;
  }
  .preset:hover {
    background: var(--_sunken);
  }
  .preset[aria-pressed='true'] {
    background: var(--_accent-soft);
    color: var(--_accent);
  }
  .picker {
    width: 296px;
    padding: 12px;
  }
  .typed {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 8px;
  }
  .typed input {
    width: 100%;
    height: 32px;
    padding: 0 8px;
    border: 1px solid var(--_control-border);
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_surface);
    font-size: 14px;
  }
  .month-bar {
    display: flex;
    align-items: center;
    justify-content: space-between;
    margin: 12px 0 4px;
  }
  .step {
    display: grid;
    place-items: center;
    width: 32px;
    height: 32px;
    border: 0;
    border-radius: calc(var(--_radius) - 2px);
    background: none;
    cursor: pointer;
  }
  .step:hover,
  .month-choice select:hover {
    background: var(--_sunken);
  }
  .month-choice select {
    height: 32px;
    padding: 0 4px;
    border: 0;
    border-radius: calc(var(--_radius) - 2px);
    background: var(--_surface);
    font-weight: 600;
    cursor: pointer;
  }
  .month {
    width: 100%;
    table-layout: fixed;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  .month th {
    height: 24px;
    font-size: 12px;
    font-weight: 400;
    color: var(--_quiet);
  }
  .month td {
    height: 36px;
    padding: 2px 0;
    text-align: center;
  }
  .day {
    width: 100%;
    height: 32px;
    padding: 0;
    border: 0;
    border-radius: calc(var(--_radius) - 2px);
    background: none;
    cursor: pointer;
  }
  .day:hover {
    background: var(--_sunken);
  }
  [aria-selected='true'] .day {
    background: var(--_accent-soft);
    border-radius: 0;
  }
  [data-first] .day {
    border-start-start-radius: 6px;
    border-end-start-radius: 6px;
  }
  [data-last] .day {
    border-start-end-radius: 6px;
    border-end-end-radius: 6px;
  }
  [data-edge] .day {
    background: var(--_accent) !important;
    color: var(--_on-accent);
  }
  .foot {
    display: flex;
    justify-content: space-between;
    margin-top: 12px;
  }
  @media (width < 520px) {
    .dates:popover-open {
      flex-direction: column;
    }
    .picker {
      width: auto;
    }
    .presets {
      display: grid;
      grid-template-columns: repeat(2, 1fr);
      border-inline-end: 0;
      border-bottom: 1px solid var(--_border);
    }
  }
`;
