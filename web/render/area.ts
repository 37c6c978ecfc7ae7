/** The part of a picture that something is drawn in. */

import type { Colors } from '../charts/palette.ts';
import type { Writer } from '../charts/writer.ts';
import type { Measure } from './svg.ts';

/** Where and with what a part of the picture is drawn. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colors: Colors;
  readonly writer: Writer;
  readonly measure: Measure;
}

/** Inter is set wherever the server draws; other programs fall back to their own. */
export const FONT = 'Inter, system-ui, sans-serif';
