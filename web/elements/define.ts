/** Registers the elements, each only if its name is free: another bundle may have been here first. */

import { FanlightChart } from './chart.ts';
import { FanlightDashboard } from './dashboard.ts';
import { FanlightDateRange } from './date-range.ts';
import { FanlightSelect } from './select.ts';
import { FanlightTable } from './table.ts';

/** The name that Explo's embeds use. A class can be registered once, so this is another one. */
export class ExploDashboard extends FanlightDashboard {}

export function defineElements(): void {
  define('fanlight-chart', FanlightChart);
  define('fanlight-table', FanlightTable);
  define('fanlight-select', FanlightSelect);
  define('fanlight-date-range', FanlightDateRange);
  define('fanlight-dashboard', FanlightDashboard);
  define('explo-dashboard', ExploDashboard);
}

function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
