/** Fetches the chart engine once, from beside the bundle. */

import type * as Engine from './chart-engine.ts';
import { server } from './server.ts';

let loading: Promise<typeof Engine> | null = null;

export function loadChartEngine(): Promise<typeof Engine> {
  loading ??= fetchEngine().catch((error: unknown) => {
    // The next chart, or the next try, asks again.
    loading = null;
    throw error;
  });
  return loading;
}

function fetchEngine(): Promise<typeof Engine> {
  const url = new URL(`assets/${__CHART_ENGINE__}`, server()).href;
  return import(/* @vite-ignore */ url);
}
