/**
 * What the server runs in its script engine to draw panels: one function, no page, no network, no
 * clock. The build makes one self-contained script of it.
 */

import { type Order, pageSvg } from './page.ts';

function fanlightRender(panelJson: string, resultJson: string, order: Order): string {
  return pageSvg(JSON.parse(panelJson), JSON.parse(resultJson), order);
}

Object.assign(globalThis, { fanlightRender });
