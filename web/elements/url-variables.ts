/**
 * Variables in the host page's address: `?origin=["JFK"]&period={"startDate":"2013-01-01",…}`.
 *
 * Each value is JSON. What is not JSON belongs to the host page and is left alone, as are objects
 * that are no date range: nobody but a date range takes an object.
 */

import type { Control, Json, Variables } from '../client/definition.ts';
import { isNoValue } from '../client/session.ts';

/** The variables in a query string such as `location.search`. */
export function variablesInUrl(search: string, controls: readonly Control[]): Variables {
  const found: Record<string, Json> = {};
  for (const [name, text] of new URLSearchParams(search)) {
    const value = parseJson(text);
    if (value === undefined) continue;
    const takesObject = controls.some(({ id, type }) => id === name && type === 'date_range');
    if (isObject(value) && !takesObject) continue;
    found[name] = value;
  }
  return found;
}

/**
 * `search` with the controls' present values written into it; everything else stays.
 *
 * A cleared control is written as `null` when the page would otherwise set it again on reload.
 */
export function urlWithVariables(
  search: string,
  controls: readonly Control[],
  variables: Variables,
  preset: Variables,
): string {
  const parameters = new URLSearchParams(search);
  for (const { id } of controls) {
    const value = variables[id];
    if (!isNoValue(value)) parameters.set(id, JSON.stringify(value));
    else if (!isNoValue(preset[id])) parameters.set(id, 'null');
    else parameters.delete(id);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function isObject(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
