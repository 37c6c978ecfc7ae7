/**
 * The part that draws charts, loaded when the first chart is needed: ECharts with the pieces in use.
 */

import { BarChart, LineChart } from 'echarts/charts';
import {
  AxisPointerComponent,
  GraphicComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

import { type ChartType, DRAW } from '../charts/chart.ts';
import type { Canvas, TooltipContent } from '../charts/drawing.ts';
import type { Panel, Result } from '../charts/panel.ts';

use([
  BarChart,
  LineChart,
  AxisPointerComponent,
  GraphicComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  TooltipComponent,
  SVGRenderer,
]);

export interface DrawnChart {
  draw(panel: Panel, result: Result, canvas: Canvas): void;
  dispose(): void;
}

/** Puts a chart into an empty container. */
export function mount(container: HTMLElement): DrawnChart {
  const chart = init(container, null, { renderer: 'svg' });
  return {
    draw(panel, result, canvas) {
      const { option, tooltip } = DRAW[panel.type as ChartType](panel, result, canvas);
      const { tooltip: settings } = option as { tooltip: object };
      chart.resize({ width: canvas.width, height: canvas.height });
      chart.setOption(
        {
          ...option,
          tooltip: {
            ...settings,
            formatter: (points: { dataIndex: number } | { dataIndex: number }[]) => {
              const point = Array.isArray(points) ? points[0] : points;
              return point ? tooltipBox(tooltip(point.dataIndex)) : '';
            },
          },
        },
        { notMerge: true },
      );
    },
    dispose: () => chart.dispose(),
  };
}

/** Built from text nodes, so that no value is ever read as markup. */
function tooltipBox({ title, rows }: TooltipContent): HTMLElement {
  const box = part('div', 'tooltip');
  if (title !== '') box.append(part('div', 'tooltip-title', title));
  for (const { color, name, value } of rows) {
    const row = part('div', 'tooltip-row');
    const dot = part('span', 'tooltip-dot');
    dot.style.background = color;
    row.append(dot, part('span', 'tooltip-name', name), part('span', 'tooltip-value', value));
    box.append(row);
  }
  return box;
}

function part(tag: string, name: string, text = ''): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}
