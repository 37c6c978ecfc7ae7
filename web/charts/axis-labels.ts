/** The texts under a time axis: months, and the year where it begins. */

import type { Bucket } from './panel.ts';
import { textWidth } from './scale.ts';
import { type Tick, timeTicks } from './time.ts';
import type { Writer } from './writer.ts';

/** Pixels between two labels that leave them apart. */
const APART = 14;

/** Labels by wall time, at most as many as fit into `width` pixels. */
export function timeLabels(
  times: readonly number[],
  bucket: Bucket | null,
  width: number,
  writer: Writer,
): ReadonlyMap<number, string> {
  const from = times[0];
  const to = times.at(-1);
  if (from === undefined || to === undefined) return new Map();
  for (let most = Math.max(2, Math.floor(width / 32)); most > 1; most--) {
    const ticks = timeTicks(from, to, bucket, most);
    const labels = withYears(ticks, writer);
    const widest = Math.max(
      ...[...labels.values()].flatMap((text) => text.split('\n')).map(textWidth),
    );
    if (ticks.length * (widest + APART) <= width + widest) return labels;
  }
  return withYears(timeTicks(from, to, bucket, 1).slice(0, 1), writer);
}

/** A second line says the year (or the day, under hours) at the first tick and where it changes. */
function withYears(ticks: readonly Tick[], writer: Writer): ReadonlyMap<number, string> {
  const labels = new Map<number, string>();
  let before: string | null = null;
  for (const { at, unit } of ticks) {
    const context = unit === 'year' ? null : writer.tick(at, unit === 'hour' ? 'day' : 'year');
    const text = writer.tick(at, unit);
    labels.set(at, context === null || context === before ? text : `${text}\n${context}`);
    before = context;
  }
  return labels;
}
