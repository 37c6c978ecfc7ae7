/** A KPI: a quiet label, a large figure, how it has changed, and what the author says about it. */

import { figureOf } from '../charts/figure.ts';
import type { Panel, Result } from '../charts/panel.ts';
import { boundsOf, lineThrough, type Trend, trendOf } from '../charts/trend.ts';
import { MISSING } from '../charts/writer.ts';
import type { Area } from './area.ts';
import { element, fitted, inTwoLines, type TextStyle, textAt } from './svg.ts';

/** The size that a KPI has on a dashboard; a larger picture shows the same, enlarged. */
const WIDTH = 280;
const HEIGHT = 120;
const HEIGHT_WITH_TREND = 200;
const LARGEST = 6;

const SIDE = 16;
const BETWEEN = 4;
const LINE = 16;
const FIGURE = 40;
const TREND = 40;

/** Large figures stand a little closer. */
const TIGHT = -0.02;

/** One of the things that stand below each other. */
interface Part {
  readonly height: number;
  draw(top: number): string;
}

export function kpiPicture(panel: Panel, result: Result, area: Area): string {
  const trend = trendOf(panel, result, area.writer);
  const usual = trend ? HEIGHT_WITH_TREND : HEIGHT;
  const scale = Math.max(Math.min(area.width / WIDTH, area.height / usual, LARGEST), 1);
  const inner = { ...area, x: SIDE * scale, width: area.width - 2 * SIDE * scale };
  const parts = [
    words(panel.title, inner, scale),
    figure(panel, result, inner, scale),
    ...(trend ? [change(trend, inner, scale), words(trend.against, inner, scale)] : []),
    ...(trend ? [lines(trend, inner, scale)] : []),
    words(panel.description ?? '', inner, scale),
  ].filter(({ height }) => height > 0);
  return below(parts, area.height, BETWEEN * scale);
}

/** The parts in the middle of the height. What finds no room is left out, the last part first. */
function below(parts: readonly Part[], height: number, between: number): string {
  const high = parts.reduce((total, part) => total + part.height + between, -between);
  if (high > height - 8 && parts.length > 1) return below(parts.slice(0, -1), height, between);
  let top = (height - high) / 2;
  return parts
    .map((part) => {
      const drawn = part.draw(top);
      top += part.height + between;
      return drawn;
    })
    .join('');
}

function quiet({ colors }: Area, scale: number): TextStyle {
  return { size: 12 * scale, weight: 400, fill: colors.quiet };
}

function words(text: string, area: Area, scale: number): Part {
  const style = quiet(area, scale);
  const line = LINE * scale;
  const texts = inTwoLines(text, area.width, style, area.measure);
  return {
    height: line * texts.length,
    draw: (top) =>
      texts.map((text, at) => textAt(text, style, area.x, top + line * (at + 0.5))).join(''),
  };
}

/** The figure as large as fits, its unit small behind it. */
function figure(panel: Panel, result: Result, area: Area, scale: number): Part {
  const { x, width, colors, measure } = area;
  const known = figureOf(panel, result, area.writer);
  const text = known?.text ?? MISSING;
  const wide = (size: number) => measure(text, size, 600) + TIGHT * size * text.length;
  const unitStyle = { size: 14 * scale, weight: 400, fill: colors.quiet };
  const gap = 4 * scale;
  const unit = known?.unit ? fitted(known.unit, width / 3, unitStyle, measure) : '';
  const unitRoom = unit === '' ? 0 : measure(unit, unitStyle.size, unitStyle.weight) + gap;
  const size = 32 * scale * Math.min(1, (width - unitRoom) / wide(32 * scale));
  const style = {
    size,
    weight: 600,
    fill: known ? colors.text : colors.quiet,
    spacing: TIGHT,
  };
  // The unit stands on the figure's line, not in its middle.
  const lower = (size - unitStyle.size) * 0.365;
  return {
    height: FIGURE * scale,
    draw: (top) => {
      const middle = top + (FIGURE / 2) * scale;
      const large = textAt(text, style, x, middle);
      return unit === ''
        ? large
        : large + textAt(unit, unitStyle, x + wide(size) + gap, middle + lower);
    },
  };
}

/** The change by sign, word and colour. */
function change(trend: Trend, area: Area, scale: number): Part {
  const { x, colors, measure } = area;
  const colorOf = { good: colors.good, bad: colors.danger, neutral: colors.text };
  const style = { size: 12 * scale, weight: 600, fill: colorOf[trend.tone] };
  const room = trend.sign === '' ? 0 : 14 * scale;
  const text = fitted(trend.change, area.width - room, style, measure);
  return {
    height: LINE * scale,
    draw: (top) => {
      const middle = top + (LINE / 2) * scale;
      return triangle(trend, x, middle, scale, style.fill) + textAt(text, style, x + room, middle);
    },
  };
}

/** Drawn, not written: not every font has it. */
function triangle({ direction }: Trend, x: number, middle: number, scale: number, fill: string) {
  if (direction !== 'up' && direction !== 'down') return '';
  const tip = direction === 'up' ? -3.5 : 3.5;
  const at = (dx: number, dy: number) => `${x + dx * scale},${middle + dy * scale}`;
  return element('path', { d: `M${at(0, -tip)}L${at(9, -tip)}L${at(4.5, tip)}Z`, fill });
}

/** The lines of both periods, on one scale. */
function lines(trend: Trend, area: Area, scale: number): Part {
  const { colors, x, width } = area;
  const height = TREND * scale;
  const bounds = boundsOf(trend);
  const line = (points: Trend['current'], stroke: string, dashes?: string) =>
    element('polyline', {
      points: lineThrough(points, bounds, width, height - 4 * scale),
      fill: 'none',
      stroke,
      'stroke-width': 1.5 * scale,
      'stroke-linejoin': 'round',
      'stroke-linecap': 'round',
      'stroke-dasharray': dashes,
    });
  return {
    height,
    draw: (top) =>
      element(
        'g',
        { transform: `translate(${x} ${top + 2 * scale})` },
        line(trend.previous, colors.rest, `${3 * scale} ${3 * scale}`),
        line(trend.current, colors.accent),
      ),
  };
}
