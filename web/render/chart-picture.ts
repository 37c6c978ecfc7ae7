/** A chart, drawn by ECharts without a page. */

import { BarChart, LineChart } from 'echarts/charts';
import {
  GraphicComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
} from 'echarts/components';
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

import { type ChartType, DRAW } from '../charts/chart.ts';
import type { Panel, Result } from '../charts/panel.ts';
import { type Area, FONT } from './area.ts';
import type { Measure } from './svg.ts';

use([
  BarChart,
  LineChart,
  GraphicComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  SVGRenderer,
]);

export function chartPicture(type: ChartType, panel: Panel, result: Result, area: Area): string {
  const { x, y, width, height, writer, measure } = area;
  const theme = { ...area.colors, font: FONT };
  const { option } = DRAW[type](panel, result, { width, height, theme, writer });
  const still = { ...option, tooltip: undefined, axisPointer: undefined };
  setPlatformAPI({ measureText: (text, font) => ({ width: measured(text, font, measure) }) });
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(still);
    const svg = withoutInteraction(chart.renderToSVGString());
    return svg.replace('<svg ', `<svg x="${x}" y="${y}" overflow="visible" `);
  } finally {
    chart.dispose();
  }
}

/**
 * Nobody points at a picture: without what answers a pointer, and without the running number in
 * ids, so that the same rows give the same picture. Texts hold no quotation marks here, so only
 * attributes are found.
 */
function withoutInteraction(svg: string): string {
  return svg
    .replace(/<style[^>]*>.*?<\/style>/gs, '')
    .replace(/ (class|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/(="(?:url\()?#?)zr\d+-/g, '$1chart-');
}

/** `font` is what CSS writes: `500 12px Inter`. */
function measured(text: string, font: string | undefined, measure: Measure): number {
  const [, weight, size] = /(?:(\d{3}) )?([\d.]+)px/.exec(font ?? '') ?? [];
  return measure(text, Number(size ?? 12), Number(weight ?? 400));
}
