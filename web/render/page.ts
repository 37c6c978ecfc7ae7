/** A panel as one picture: its words, what it shows, and nothing that only a screen needs. */

import { isChart } from '../charts/chart.ts';
import { DARK, LIGHT } from '../charts/palette.ts';
import { isFigure, type Panel, type Result } from '../charts/panel.ts';
import { summaryOf } from '../charts/summary.ts';
import { unitWords } from '../charts/unit-words.ts';
import { writerOf } from '../charts/writer.ts';
import { type Area, FONT } from './area.ts';
import { chartPicture } from './chart-picture.ts';
import { kpiPicture } from './kpi-picture.ts';
import { plainPrinter } from './plain-printer.ts';
import { element, escaped, inTwoLines, type Measure, textAt, withoutForbidden } from './svg.ts';
import { tablePicture } from './table-picture.ts';

/** What the server says about a picture, and what it does for the script. */
export interface Order {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
  /** The rows belong to a demonstration customer, and the picture says so. */
  readonly watermark: boolean;
  /** The wall time of an instant in the zone in force, both in ms. */
  readonly wallClock: (instant: number) => number;
  readonly measure: Measure;
}

const SIDE = 16;

export function pageSvg(panel: Panel, result: Result, order: Order): string {
  const { width, height, measure } = order;
  const colors = order.dark ? DARK : LIGHT;
  const writer = writerOf(plainPrinter(order.wallClock));
  const whole: Area = { x: 0, y: 0, width, height, colors, writer, measure };
  const parts = isFigure(panel.type)
    ? [kpiPicture(panel, result, whole)]
    : headed(panel, result, whole);
  const svg = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'font-family': FONT,
    },
    element('title', {}, escaped(panel.title)),
    ...(isChart(panel.type) ? [described(panel, result, whole)] : []),
    element('rect', { width, height, fill: colors.surface }),
    ...parts,
    ...(order.watermark ? [watermark(whole)] : []),
  );
  return withoutForbidden(svg);
}

/** What the picture says to those who do not see it. */
function described(panel: Panel, result: Result, { writer }: Area): string {
  return element('desc', {}, escaped(summaryOf(panel, result, writer)));
}

function headed(panel: Panel, result: Result, whole: Area): string[] {
  const { words, height } = heading(panel, result, whole);
  const under = { ...whole, y: height, height: whole.height - height };
  if (result.rows.length === 0) return [...words, nothingIn(under)];
  if (panel.type === 'table') return [...words, tablePicture(panel, result, under)];
  const inner = { ...under, x: SIDE, y: height + 4, width: whole.width - 2 * SIDE };
  return isChart(panel.type)
    ? [...words, chartPicture(panel.type, panel, result, { ...inner, height: under.height - 16 })]
    : words;
}

/** The title, and below it the description or the unit, as in a dashboard. */
function heading(panel: Panel, result: Result, area: Area): { words: string[]; height: number } {
  const room = area.width - 2 * SIDE;
  const title = { size: 14, weight: 600, fill: area.colors.text };
  const quiet = { size: 12, weight: 400, fill: area.colors.quiet };
  const note = panel.description ?? unitWords(panel, result) ?? '';
  const titles = inTwoLines(panel.title, room, title, area.measure);
  const notes = inTwoLines(note, room, quiet, area.measure);
  const below = 12 + 20 * titles.length;
  return {
    words: [
      ...titles.map((line, at) => textAt(line, title, SIDE, 22 + 20 * at)),
      ...notes.map((line, at) => textAt(line, quiet, SIDE, below + 8 + 16 * at)),
    ],
    height: below + 16 * notes.length + 4,
  };
}

function nothingIn({ y, height, colors }: Area): string {
  return textAt('No data', { size: 14, weight: 400, fill: colors.quiet }, SIDE, y + height / 2);
}

function watermark({ width, height, colors }: Area): string {
  const [x, y] = [width / 2, height / 2];
  return element(
    'g',
    { transform: `rotate(-12 ${x} ${y})`, opacity: 0.06 },
    textAt('DEMO', { size: 24, weight: 600, fill: colors.text, spacing: 0.2 }, x, y, 'middle'),
  );
}
