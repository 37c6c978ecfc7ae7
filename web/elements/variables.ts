/**
 * From where variables take their values.
 *
 * At load the page's address wins over the `variables` attribute: a link somebody shares shows what
 * they saw. Later the newest word wins, whoever says it: the viewer, an event or the attribute.
 */

import type { Json, Variables } from '../client/definition.ts';

/** The values a dashboard opens with. */
export function firstVariables(attribute: Variables, url: Variables): Variables {
  return { ...attribute, ...url };
}

/** What a new value of the `variables` attribute asks for; keys it dropped become null. */
export function attributeChanges(before: Variables, now: Variables): Variables {
  const changes: Record<string, Json> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (!same(before[key], now[key])) changes[key] = now[key] ?? null;
  }
  return changes;
}

/** The variables an `updateExploDashboardVariable(s)` event sets; null when it makes no sense. */
export function variablesOfEvent(detail: unknown): Variables | null {
  if (typeof detail !== 'object' || detail === null) return null;
  const list = (detail as { variables?: unknown }).variables;
  const entries = Array.isArray(list) ? list : [detail];
  const changes: Record<string, Json> = {};
  for (const entry of entries) {
    const { varName, value } = (entry ?? {}) as { varName?: unknown; value?: unknown };
    if (typeof varName !== 'string' || varName === '') return null;
    changes[varName] = value === undefined ? null : (JSON.parse(JSON.stringify(value)) as Json);
  }
  return changes;
}

/** Which variables differ between two states, with their new values; null where it is gone. */
export function changedVariables(before: Variables, now: Variables): [name: string, value: Json][] {
  return Object.entries(attributeChanges(before, now));
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
