/** Panels and results for tests. */

import type { Canvas } from './drawing.ts';
import { LIGHT_SERIES } from './palette.ts';
import {
  type Cell,
  type ColumnType,
  type Panel,
  type PanelColumn,
  type Result,
  readable,
} from './panel.ts';
import { intlWriter } from './writer.ts';

const FORMAT = { style: 'auto', decimals: null, unit: null, currency: null } as const;

export function column(name: string, more: Partial<PanelColumn> = {}): PanelColumn {
  return { name, label: readable(name), role: 'dimension', bucket: null, format: FORMAT, ...more };
}

export function measure(name: string, unit: string | null = null): PanelColumn {
  return column(name, { role: 'measure', format: { ...FORMAT, unit } });
}

export function panel(
  type: Panel['type'],
  columns: PanelColumn[],
  more: Partial<Panel> = {},
): Panel {
  const shape = { orientation: 'vertical', stacked: false, page_size: 50 } as const;
  return { id: 'p', type, title: 'Title', description: null, columns, ...shape, ...more };
}

export function result(columns: Record<string, ColumnType>, rows: Cell[][]): Result {
  return {
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    rows,
    total_rows: null,
    cached: false,
    as_of: '2026-11-01T12:00:00Z',
  };
}

export const WRITER = intlWriter('en-US', 'UTC');

export const CANVAS: Canvas = {
  width: 600,
  height: 300,
  writer: WRITER,
  theme: {
    series: LIGHT_SERIES,
    rest: '#b4bac4',
    text: '#171a21',
    quiet: '#596170',
    grid: '#eaecf0',
    surface: '#ffffff',
    font: 'sans-serif',
  },
};
