/** Draws only the rows in sight of a long table; TanStack Virtual knows which. */

import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';

/** The height of a row, in pixels, as the style sheet has it. */
export const ROW_HEIGHT = 36;
/** Shorter tables are drawn whole, so that the browser's own search finds everything. */
export const WINDOW_FROM = 200;

/** The rows to draw, and the heights that stand for those above and below. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

export class RowWindows {
  private virtualizer: Virtualizer<HTMLElement, HTMLElement> | null = null;
  private stop: (() => void) | null = null;

  constructor(private readonly changed: () => void) {}

  /** Watches the scrolling element; call it after rendering. */
  watch(scroll: HTMLElement | null, count: number): void {
    if (count < WINDOW_FROM || scroll === null) {
      this.release();
      return;
    }
    const options = {
      count,
      getScrollElement: () => scroll,
      estimateSize: () => ROW_HEIGHT,
      overscan: 12,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.changed(),
    };
    if (this.virtualizer) this.virtualizer.setOptions(options);
    else {
      this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>(options);
      this.stop = this.virtualizer._didMount();
    }
    this.virtualizer._willUpdate();
  }

  /** The rows to draw of `count`. */
  window(count: number): RowWindow {
    if (count < WINDOW_FROM) return { from: 0, to: count, above: 0, below: 0 };
    const items = this.virtualizer?.getVirtualItems() ?? [];
    const from = items[0]?.index ?? 0;
    const to = Math.min((items.at(-1)?.index ?? 40) + 1, count);
    return { from, to, above: from * ROW_HEIGHT, below: (count - to) * ROW_HEIGHT };
  }

  release(): void {
    this.stop?.();
    this.stop = null;
    this.virtualizer = null;
  }
}
