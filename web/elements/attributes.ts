/**
 * The attributes of the element, in every spelling that frameworks make of them, and what their
 * values mean. Pure: the class only looks things up here.
 *
 * HTML and React 18 write attributes in lower case (`updateurlparams`), plain HTML by hand uses
 * either the documented name or kebab case, and React 19, Vue and Angular set properties.
 */

import type { Json, Variables } from '../client/definition.ts';

export interface Settings {
  dashJwt: string | null;
  dashCustomerToken: string | null;
  dashUserGroupToken: string | null;
  environment: string | null;
  updateUrlParams: boolean;
  /** Taken for compatibility; changes nothing. */
  isProduction: boolean;
  /** Minutes between automatic refreshes; null is never. */
  refreshMinutes: number | null;
  variables: Variables;
  localeCode: string | null;
  timeZone: string | null;
  theme: Theme | null;
}

export type Theme = 'light' | 'dark' | 'auto';

export const DEFAULTS: Readonly<Settings> = {
  dashJwt: null,
  dashCustomerToken: null,
  dashUserGroupToken: null,
  environment: null,
  updateUrlParams: false,
  isProduction: false,
  refreshMinutes: null,
  variables: {},
  localeCode: null,
  timeZone: null,
  theme: null,
};

export type SettingName = keyof Settings;

type Readers = { readonly [Name in SettingName]: (value: unknown) => Settings[Name] };

const READERS: Readers = {
  dashJwt: readText,
  dashCustomerToken: readText,
  dashUserGroupToken: readText,
  environment: readText,
  updateUrlParams: readBoolean,
  isProduction: readBoolean,
  refreshMinutes: readMinutes,
  variables: readVariables,
  localeCode: readText,
  timeZone: readText,
  theme: readTheme,
};

export const SETTING_NAMES = Object.keys(READERS) as SettingName[];

/** Every spelling of a setting: `dashJwt`, `dashjwt`, `dash-jwt`. */
export function spellings(name: SettingName): string[] {
  const kebab = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return [...new Set([name, name.toLowerCase(), kebab])];
}

const BY_SPELLING = new Map(
  SETTING_NAMES.flatMap((name) => spellings(name).map((spelling) => [spelling, name] as const)),
);

export const ATTRIBUTE_NAMES: readonly string[] = [...BY_SPELLING.keys()];

/** The setting that an attribute or property means. */
export function settingOf(spelling: string): SettingName | undefined {
  return BY_SPELLING.get(spelling);
}

/** Reads an attribute's text or a property's value; what makes no sense is as if absent. */
export function readSetting<Name extends SettingName>(name: Name, value: unknown): Settings[Name] {
  return READERS[name](value);
}

function readText(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  // Frameworks write these words when the page has no value yet.
  return text === '' || text === 'undefined' || text === 'null' ? null : text;
}

/** `false`, `0` and absent are off; an empty attribute, `true` and `1` are on. */
function readBoolean(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value === 1;
  if (typeof value !== 'string') return false;
  return ['', 'true', '1'].includes(value.trim().toLowerCase());
}

/** The shortest interval between two refreshes: five seconds, in minutes. */
const SHORTEST_REFRESH = 5 / 60;

function readMinutes(value: unknown): number | null {
  const minutes = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof minutes !== 'number' || !Number.isFinite(minutes) || minutes <= 0) return null;
  return Math.max(minutes, SHORTEST_REFRESH);
}

function readVariables(value: unknown): Variables {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {};
  return JSON.parse(JSON.stringify(parsed)) as Record<string, Json>;
}

function readTheme(value: unknown): Theme | null {
  return value === 'light' || value === 'dark' || value === 'auto' ? value : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
