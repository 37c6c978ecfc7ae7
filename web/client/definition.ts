/** What `GET /embed/v1/dashboard` answers: everything needed to lay a dashboard out. */

import type { Panel } from '../charts/panel.ts';

export type ElementType = 'date_range' | 'dropdown' | 'multi_select';

/** A control; its id is the name of a variable. */
export interface Control {
  readonly id: string;
  readonly type: ElementType;
  readonly label: string | null;
  readonly placeholder: string | null;
}

/** Where a panel or control stands on twelve columns; a row is 40 pixels. */
export interface Placement {
  readonly panel?: string | null;
  readonly element?: string | null;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Definition {
  readonly embed_id: string;
  readonly name: string;
  readonly title: string;
  readonly version: number;
  /** The zone in which dates are bucketed; UTC when null. */
  readonly time_zone: string | null;
  /** The viewer, or a customer above it, is a demonstration. */
  readonly watermark: boolean;
  readonly customer: {
    readonly provided_id: string;
    readonly name: string;
    readonly is_demo_group: boolean;
  };
  readonly panels: readonly Panel[];
  readonly elements: readonly Control[];
  readonly layout: readonly Placement[];
}

export interface Option {
  readonly value: string | number | boolean | null;
  readonly label: string | null;
}

/** A value that JSON can carry. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Values by the names of the variables. */
export type Variables = Readonly<Record<string, Json>>;
