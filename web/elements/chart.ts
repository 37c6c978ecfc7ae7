/** A chart: loads the engine when needed, follows size and theme, and reads out as one sentence. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';

import type { ChartTheme } from '../charts/palette.ts';
import type { Panel, Result } from '../charts/panel.ts';
import { summaryOf } from '../charts/summary.ts';
import type { Writer } from '../charts/writer.ts';
import type { DrawnChart } from './chart-engine.ts';
import { loadChartEngine } from './chunks.ts';

/**
 * @fires broken - the engine could not be loaded; the owner shows a table instead.
 */
export class FanlightChart extends LitElement {
  static override properties = {
    panel: { attribute: false },
    result: { attribute: false },
    writer: { attribute: false },
    theme: { attribute: false },
  };

  panel: Panel | null = null;
  result: Result | null = null;
  writer: Writer | null = null;
  theme: ChartTheme | null = null;
  private chart: DrawnChart | null = null;
  private readonly observer = new ResizeObserver(() => this.draw());
  /** Kept when the chart stands for the first time, or never will. */
  readonly drawn: Promise<void>;
  private markDrawn: () => void = () => {};

  constructor() {
    super();
    this.drawn = new Promise((resolve) => {
      this.markDrawn = resolve;
    });
  }

  static override styles = css`
    :host {
      display: block;
      position: relative;
      height: 100%;
      min-height: 0;
    }
    .canvas {
      position: absolute;
      inset: 0;
    }
    .tooltip {
      min-width: 120px;
      max-width: 320px;
      padding: 8px 12px;
      border: 1px solid var(--_border);
      border-radius: var(--_radius);
      background: var(--_surface);
      color: var(--_text);
      font: 12px/16px var(--_font);
      font-variant-numeric: tabular-nums;
      box-shadow: 0 4px 16px light-dark(rgb(20 25 35 / 10%), rgb(0 0 0 / 40%));
    }
    .tooltip-title {
      margin-bottom: 4px;
      font-weight: 600;
    }
    .tooltip-row {
      display: flex;
      align-items: center;
      gap: 8px;
    }
    .tooltip-dot {
      width: 8px;
      height: 8px;
      flex: none;
      border-radius: 50%;
    }
    .tooltip-name {
      flex: 1;
      overflow: hidden;
      text-overflow: ellipsis;
      color: var(--_quiet);
    }
    .tooltip-value {
      font-weight: 600;
    }
  `;

  override render() {
    if (!this.panel || !this.result || !this.writer) return nothing;
    const name = summaryOf(this.panel, this.result, this.writer);
    return html`<div class="canvas" role="img" aria-label=${name}></div>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    if (this.hasUpdated) void this.start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.chart?.dispose();
    this.chart = null;
    this.markDrawn();
  }

  protected override firstUpdated(): void {
    void this.start();
  }

  protected override updated(_changed: PropertyValues): void {
    this.draw();
  }

  private async start(): Promise<void> {
    try {
      const { mount } = await loadChartEngine();
      const canvas = this.renderRoot.querySelector<HTMLElement>('.canvas');
      if (!this.isConnected || this.chart || !canvas) return;
      this.chart = mount(canvas);
      this.draw();
    } catch (error) {
      console.error('Fanlight: the chart code could not be loaded.', error);
      this.markDrawn();
      this.dispatchEvent(new CustomEvent('broken'));
    }
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height } = this;
    const { panel, result, writer, theme, chart } = this;
    if (!chart || !panel || !result || !writer || !theme) return;
    if (width > 0 && height > 0) {
      chart.draw(panel, result, { width, height, theme, writer });
    }
    // In a hidden container it stands as soon as it could be drawn.
    this.markDrawn();
  }
}
