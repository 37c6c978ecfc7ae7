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
  .calendar {
    /* The height of six weeks, so that nothing jumps while the calendar loads or months change. */
    min-height: 304px;
    margin-top: 12px;
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
  .month-choice select:hover {
    background: var(--_sunken);
  }
  fanlight-calendar-range {
    width: 100%;
  }
  fanlight-calendar-range::part(heading) {
    font-size: 14px;
  }
  fanlight-calendar-range::part(container) {
    gap: 4px;
  }
  fanlight-calendar-range::part(button) {
    width: 32px;
    height: 32px;
    border: 0;
    border-radius: calc(var(--_radius) - 2px);
    background: none;
    color: inherit;
  }
  fanlight-calendar-range::part(button):hover {
    background: var(--_sunken);
  }
  fanlight-calendar-month {
    --color-accent: var(--_accent);
    --color-text-on-accent: var(--_on-accent);
    width: 100%;
  }
  fanlight-calendar-month::part(heading) {
    display: none;
  }
  fanlight-calendar-month::part(table) {
    width: 100%;
    table-layout: fixed;
    font-size: 14px;
  }
  fanlight-calendar-month::part(th) {
    height: 24px;
    font-size: 12px;
    font-weight: 400;
    color: var(--_quiet);
  }
  fanlight-calendar-month::part(button) {
    width: 100%;
    height: 36px;
    border-radius: calc(var(--_radius) - 2px);
    font-family: inherit;
    font-variant-numeric: tabular-nums;
  }
  fanlight-calendar-month::part(button):hover {
    background: var(--_sunken);
  }
  fanlight-calendar-month::part(range-start):hover,
  fanlight-calendar-month::part(range-end):hover {
    background: var(--_accent);
    color: var(--_on-accent);
  }
  fanlight-calendar-month::part(today) {
    font-weight: 600;
  }
  fanlight-calendar-month::part(range-inner) {
    border-radius: 0;
    background: var(--_accent-soft);
    color: inherit;
  }
  fanlight-calendar-month::part(range-start) {
    border-start-end-radius: 0;
    border-end-end-radius: 0;
  }
  fanlight-calendar-month::part(range-end) {
    border-start-start-radius: 0;
    border-end-start-radius: 0;
  }
  fanlight-calendar-month::part(range-start range-end) {
    border-radius: calc(var(--_radius) - 2px);
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
