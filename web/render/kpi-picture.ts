/** A KPI: a quiet label, a large figure, and what the author says about it. */

import { figureOf } from '../charts/figure.ts';
import type { Panel, Result } from '../charts/panel.ts';
import { MISSING } from '../charts/writer.ts';
import type { Area } from './area.ts';
import { fitted, inTwoLines, textAt } from './svg.ts';

/** The size that a KPI has on a dashboard; a larger picture shows the same, enlarged. */
const [WIDTH, HEIGHT] = [280, 120];

/** Large figures stand a little closer. */
const TIGHT = -0.02;

export function kpiPicture(panel: Panel, result: Result, area: Area): string {
  const { width, height, colors, measure } = area;
  const scale = Math.max(Math.min(width / WIDTH, height / HEIGHT, 6), 1);
  const side = 16 * scale;
  const room = width - 2 * side;
  const quiet = { size: 12 * scale, weight: 400, fill: colors.quiet };
  const line = 16 * scale;
  const titles = inTwoLines(panel.title, room, quiet, measure);
  const notes = inTwoLines(panel.description ?? '', room, quiet, measure);
  const between = 4 * scale;
  const high =
    line * (titles.length + notes.length) + 40 * scale + between * (notes.length > 0 ? 2 : 1);
  const top = Math.max((height - high) / 2, 8);
  const middle = top + line * titles.length + between + 20 * scale;
  const below = middle + 20 * scale + between;
  return [
    ...titles.map((text, at) => textAt(text, quiet, side, top + line * (at + 0.5))),
    ...figureWords(panel, result, { ...area, x: side, y: middle, width: room }, scale),
    ...notes.map((text, at) => textAt(text, quiet, side, below + line * (at + 0.5))),
  ].join('');
}

/** The figure as large as fits, its unit small behind it. */
function figureWords(panel: Panel, result: Result, area: Area, scale: number): string[] {
  const { x, y, width, colors, measure } = area;
  const figure = figureOf(panel, result, area.writer);
  const text = figure?.text ?? MISSING;
  const wide = (size: number) => measure(text, size, 600) + TIGHT * size * text.length;
  const unitStyle = { size: 14 * scale, weight: 400, fill: colors.quiet };
  const gap = 4 * scale;
  const unit = figure?.unit ? fitted(figure.unit, width / 3, unitStyle, measure) : '';
  const unitRoom = unit === '' ? 0 : measure(unit, unitStyle.size, unitStyle.weight) + gap;
  const natural = wide(32 * scale);
  const size = 32 * scale * Math.min(1, (width - unitRoom) / natural);
  const fill = figure ? colors.text : colors.quiet;
  const style = { size, weight: 600, fill, spacing: TIGHT };
  if (unit === '') return [textAt(text, style, x, y)];
  const behind = x + wide(size) + gap;
  // The unit stands on the figure's line, not in its middle.
  const lower = y + (size - unitStyle.size) * 0.365;
  return [textAt(text, style, x, y), textAt(unit, unitStyle, behind, lower)];
}
