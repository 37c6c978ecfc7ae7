/** The line under a chart's title. */

import { isChart } from './chart.ts';
import { fieldsOf, isNumeric, type Panel, type Result } from './panel.ts';

/** The unit of a chart whose figures all have the same. */
export function unitWords(panel: Panel, result: Result | null): string | null {
  if (!isChart(panel.type)) return null;
  const measures = result
    ? fieldsOf(panel, result).filter((field) => field.role === 'measure' && isNumeric(field))
    : panel.columns.filter((column) => column.role === 'measure');
  const units = new Set(measures.map(({ format }) => format?.unit ?? null));
  const [unit] = units;
  return units.size === 1 && unit ? `In ${unit}` : null;
}
