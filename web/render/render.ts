/**
 * What the server runs in its script engine to draw panels: one function, no page, no network, no
 * clock. The build makes one self-contained script of it.
 */

import { type Order, pageSvg } from './page.ts';

function fanlightRender(panelJson: string, resultJson: string, order: Order): string {
  return pageSvg(JSON.parse(panelJson), JSON.parse(resultJson), order);
}

/** A picture is drawn at once: what ECharts puts off is for screens, and never comes. */
const later = () => 0;

Object.assign(globalThis, { fanlightRender, setTimeout: later, clearTimeout: later });
