/** The drawing of each kind of chart. */

import { drawBars } from './bar.ts';
import type { Draw } from './drawing.ts';
import { drawLines } from './line.ts';
import type { PanelType } from './panel.ts';

/** Panels drawn as charts; the others are text. */
export type ChartType = Extract<PanelType, 'bar' | 'line'>;

export const DRAW: Readonly<Record<ChartType, Draw>> = { bar: drawBars, line: drawLines };

export function isChart(type: PanelType): type is ChartType {
  return type === 'bar' || type === 'line';
}
