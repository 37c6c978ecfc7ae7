/** The frame of a dashboard: header, grid of cells, panels and their states. */

import { css, unsafeCSS } from 'lit';

import { GAP, MEDIUM, NARROW, ROW } from '../layout.ts';

const px = (value: number) => unsafeCSS(`${value}px`);

export const dashboardStyles = css`
  :host {
    display: block;
    color: var(--_text);
    font-family: var(--_font);
    font-size: 14px;
    line-height: 20px;
    text-align: start;
    -webkit-font-smoothing: antialiased;
  }
  :host([hidden]) {
    display: none;
  }
  .dashboard {
    position: relative;
    container: dashboard / inline-size;
  }
  .header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 12px;
    min-height: 24px;
    margin-bottom: 16px;
  }
  .title {
    margin: 0;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  .viewer {
    color: var(--_quiet);
  }
  .badge {
    align-self: center;
    padding: 0 8px;
    border: 1px solid var(--_border);
    border-radius: 999px;
    font-size: 12px;
    color: var(--_quiet);
  }
  .grid {
    display: grid;
    grid-template-columns: repeat(12, minmax(0, 1fr));
    grid-auto-rows: ${px(ROW - GAP)};
    grid-auto-flow: row dense;
    gap: ${px(GAP)};
  }
  @container dashboard (width < ${px(MEDIUM)}) {
    .grid {
      grid-template-columns: repeat(6, minmax(0, 1fr));
    }
  }
  @container dashboard (width < ${px(NARROW)}) {
    .grid {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .footer {
      flex-direction: column;
    }
  }
  .loading-grid {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 280px), 1fr));
    grid-auto-rows: 180px;
    gap: ${px(GAP)};
  }
  .cell {
    min-width: 0;
    min-height: 0;
    display: flex;
  }
  .cell > * {
    flex: 1;
    min-width: 0;
  }
  .footer {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    min-height: 16px;
    margin-top: 12px;
    font-size: 12px;
    line-height: 16px;
    color: var(--_quiet);
  }
  .notice {
    /* Over the header, so that nothing moves when it comes and goes. */
    position: absolute;
    inset-inline: 0;
    top: -8px;
    z-index: 2;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 12px;
    padding: 8px 12px;
    border: 1px solid var(--_border);
    border-inline-start: 3px solid var(--_accent);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .message {
    display: flex;
    flex-direction: column;
    align-items: flex-start;
    gap: 8px;
    max-width: 480px;
    padding: 24px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
  }
  .message-title {
    margin: 0;
    font-size: 16px;
    line-height: 24px;
    font-weight: 600;
  }
  .message p {
    margin: 0;
    color: var(--_quiet);
  }
  .request-id {
    font-size: 12px;
    line-height: 16px;
    color: var(--_quiet);
    overflow-wrap: anywhere;
    user-select: all;
  }
  .message .button {
    margin-top: 8px;
  }
`;

export const panelStyles = css`
  .panel {
    position: relative;
    display: flex;
    flex-direction: column;
    height: 100%;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_surface);
    overflow: hidden;
  }
  .panel-head {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    padding: 12px 12px 4px 16px;
  }
  .panel-words {
    flex: 1;
    min-width: 0;
  }
  .panel-title {
    margin: 0;
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
    text-wrap: balance;
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .panel-description {
    margin: 0;
    font-size: 12px;
    line-height: 16px;
    color: var(--_quiet);
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
  }
  .panel-action {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 28px;
    height: 28px;
    margin: -4px 0;
    border: 0;
    border-radius: calc(var(--_radius) - 2px);
    background: none;
    color: var(--_quiet);
    cursor: pointer;
    transition: background var(--_motion);
  }
  .panel-action:hover,
  .panel-action[aria-pressed='true'] {
    background: var(--_sunken);
    color: var(--_text);
  }
  .panel-body {
    position: relative;
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
  }
  .panel-body > .content {
    flex: 1;
    min-height: 0;
    transition: opacity var(--_motion);
  }
  .panel-body > .is-chart {
    padding: 0 16px 12px;
  }
  .panel-body > .content[data-refreshing] {
    opacity: 0.5;
    transition-delay: 300ms;
  }
  .panel-note {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 4px 16px 8px;
    font-size: 12px;
    line-height: 16px;
    color: var(--_quiet);
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent);
    cursor: pointer;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .state {
    flex: 1;
    display: flex;
    flex-direction: column;
    justify-content: center;
    align-items: flex-start;
    gap: 4px;
    min-height: 0;
    padding: 8px 16px 16px;
    overflow: auto;
  }
  .state p {
    margin: 0;
  }
  .state .quiet {
    color: var(--_quiet);
  }
  .state .button {
    margin-top: 8px;
  }
  .kpi {
    gap: 4px;
    padding: 12px 16px;
  }
  .kpi .panel-title {
    font-size: 12px;
    line-height: 16px;
    font-weight: 400;
    color: var(--_quiet);
  }
  .kpi .state,
  .kpi .panel-note {
    padding: 0;
  }
  .kpi .state {
    flex: none;
    gap: 2px;
    font-size: 12px;
    line-height: 16px;
  }
  .kpi .request-id {
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .figure {
    margin: 0;
    container-type: inline-size;
    flex: none;
    height: 40px;
  }
  .figure-value {
    /* A letter of this weight is about 0.62 em wide, one of the unit 8 pixels. */
    font-size: clamp(
      16px,
      calc((100cqi - 4px - var(--unit) * 8px) / (var(--letters) * 0.62)),
      32px
    );
    line-height: 40px;
    font-weight: 600;
    letter-spacing: -0.02em;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .figure-unit {
    margin-inline-start: 4px;
    font-size: 14px;
    line-height: 1;
    font-weight: 400;
    letter-spacing: 0;
    color: var(--_quiet);
  }
  .kpi .content {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .trend {
    flex: none;
    margin: 0;
    font-size: 12px;
    line-height: 16px;
    color: var(--_quiet);
    font-variant-numeric: tabular-nums;
  }
  .trend-change {
    display: block;
    font-weight: 600;
    color: var(--_text);
  }
  [data-tone='good'] .trend-change {
    color: var(--_good);
  }
  [data-tone='bad'] .trend-change {
    color: var(--_danger);
  }
  .trend-lines {
    flex: 1 1 0;
    width: 100%;
    min-height: 0;
    max-height: 72px;
    margin: 4px 0;
    overflow: visible;
  }
  .trend-lines polyline {
    fill: none;
    stroke: var(--_accent);
    stroke-width: 1.5;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }
  .trend-lines .is-previous {
    stroke: var(--_rest);
    stroke-dasharray: 3 3;
  }
  .skeleton {
    flex: 1;
    min-height: 0;
    margin: 8px 16px 16px;
    border-radius: 4px;
    background: var(--_sunken);
    animation: breathe 1.6s ease-in-out infinite alternate;
  }
  .kpi .skeleton {
    flex: none;
    width: 60%;
    height: 28px;
    margin: 6px 0;
  }
  .skeleton-line {
    height: 16px;
    width: 120px;
    border-radius: 4px;
    background: var(--_sunken);
  }
  .skeleton-rows {
    overflow: hidden;
    animation: none;
    margin: 8px 0 0;
    border-radius: 0;
    background: none;
  }
  .skeleton-rows > div {
    display: flex;
    align-items: center;
    height: 36px;
    padding: 0 16px;
    border-bottom: 1px solid var(--_border);
  }
  @keyframes breathe {
    to {
      opacity: 0.55;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .skeleton {
      animation: none;
    }
  }
  .watermark {
    position: absolute;
    inset: 0;
    z-index: 1;
    display: grid;
    place-items: center;
    pointer-events: none;
  }
  .watermark::after {
    /* The badge above says it to screen readers, once. */
    content: 'Demo' / '';
    font-size: 24px;
    font-weight: 600;
    letter-spacing: 0.2em;
    text-transform: uppercase;
    opacity: 0.06;
    transform: rotate(-12deg);
  }
`;
