/** What `GET /embed/v1/dashboard` answers: everything needed to lay a dashboard out. */

import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type Definition = Schemas['EmbeddedDashboard'];

/** A control; its id is the name of a variable. */
export type Control = Schemas['EmbeddedElement'];

/** Where a panel or control stands on twelve columns; a row is 40 pixels. */
export type Placement = Schemas['LayoutItem'];

export type Option = Schemas['ElementOption'];

/** A value that JSON can carry. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Values by the names of the variables. */
export type Variables = Readonly<Record<string, Json>>;
