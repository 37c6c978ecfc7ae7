import { expect, test } from 'vitest';

import {
  ATTRIBUTE_NAMES,
  readSetting,
  type SettingName,
  settingOf,
  spellings,
} from './attributes.ts';

test('every spelling that frameworks write is understood', () => {
  const check = (spelling: string, name: SettingName) => expect(settingOf(spelling)).toBe(name);
  check('dash-jwt', 'dashJwt');
  check('dashJwt', 'dashJwt');
  check('dashjwt', 'dashJwt');
  check('dash-customer-token', 'dashCustomerToken');
  check('dashCustomerToken', 'dashCustomerToken');
  check('dashcustomertoken', 'dashCustomerToken');
  check('dash-user-group-token', 'dashUserGroupToken');
  check('updateUrlParams', 'updateUrlParams');
  check('updateurlparams', 'updateUrlParams');
  check('update-url-params', 'updateUrlParams');
  check('isProduction', 'isProduction');
  check('isproduction', 'isProduction');
  check('is-production', 'isProduction');
  check('refresh-minutes', 'refreshMinutes');
  check('refreshMinutes', 'refreshMinutes');
  check('refreshminutes', 'refreshMinutes');
  check('environment', 'environment');
  check('variables', 'variables');
  check('locale-code', 'localeCode');
  check('time-zone', 'timeZone');
  check('theme', 'theme');
  expect(settingOf('class')).toBeUndefined();
});

test('no two settings share a spelling', () => {
  expect(new Set(ATTRIBUTE_NAMES).size).toBe(ATTRIBUTE_NAMES.length);
  expect(spellings('variables')).toEqual(['variables']);
});

test('false, 0 and absent are off; empty, true and 1 are on', () => {
  const check = (value: unknown, expected: boolean) =>
    expect(readSetting('updateUrlParams', value), String(value)).toBe(expected);
  for (const value of [false, 0, 'false', '0', undefined, null, 'no', 'FALSE']) check(value, false);
  for (const value of [true, 1, '', 'true', '1', 'TRUE', ' true ']) check(value, true);
});

test('texts that mean nothing are as if absent', () => {
  const check = (value: unknown, expected: string | null) =>
    expect(readSetting('dashJwt', value)).toBe(expected);
  check('a.b.c.d.e', 'a.b.c.d.e');
  check(' a ', 'a');
  for (const value of ['', ' ', 'undefined', 'null', undefined, null, 5, {}]) check(value, null);
});

test('minutes are positive numbers, at least five seconds', () => {
  const check = (value: unknown, expected: number | null) =>
    expect(readSetting('refreshMinutes', value)).toBe(expected);
  check('10', 10);
  check(10, 10);
  check('0.5', 0.5);
  check('0.001', 5 / 60);
  for (const value of ['0', '-1', '', 'often', undefined, Number.NaN, true]) check(value, null);
});

test('variables are an object or its JSON', () => {
  const check = (value: unknown, expected: object) =>
    expect(readSetting('variables', value)).toEqual(expected);
  check('{"origin": ["JFK"]}', { origin: ['JFK'] });
  check({ origin: 'JFK', gone: undefined }, { origin: 'JFK' });
  for (const value of ['', 'x', '[object Object]', '[1]', '5', 'null', null, undefined, [1]])
    check(value, {});
});

test('a theme is one of three', () => {
  for (const theme of ['light', 'dark', 'auto']) expect(readSetting('theme', theme)).toBe(theme);
  expect(readSetting('theme', 'pink')).toBeNull();
});
