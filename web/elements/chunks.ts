/** Fetches what is not needed at first, once, from beside the bundle. */

import type * as ChartEngine from './chart-engine.ts';
import { server } from './server.ts';

const loading = new Map<string, Promise<unknown>>();

/** ECharts and the code that feeds it. */
export function loadChartEngine(): Promise<typeof ChartEngine> {
  return load(__CHUNKS__.chart) as Promise<typeof ChartEngine>;
}

/** Defines `<fanlight-calendar-range>` and `<fanlight-calendar-month>`. */
export async function loadCalendar(): Promise<void> {
  if (!customElements.get('fanlight-calendar-range')) await load(__CHUNKS__.calendar);
}

function load(file: string): Promise<unknown> {
  const known = loading.get(file);
  if (known) return known;
  const url = new URL(`assets/${file}`, server()).href;
  const module = import(/* @vite-ignore */ url).catch((error: unknown) => {
    // The next who needs it asks again.
    loading.delete(file);
    throw error;
  });
  loading.set(file, module);
  return module;
}
