import { expect, test } from 'vitest';

import type { Control, Variables } from '../client/definition.ts';
import { urlWithVariables, variablesInUrl } from './url-variables.ts';
import {
  attributeChanges,
  changedVariables,
  firstVariables,
  variablesOfEvent,
} from './variables.ts';

const CONTROLS: Control[] = [
  { id: 'period', type: 'date_range', label: null, placeholder: null },
  { id: 'origin', type: 'multi_select', label: null, placeholder: null },
];

test('what the address says wins over the attribute at first', () => {
  const check = (attribute: Variables, url: Variables, expected: Variables) =>
    expect(firstVariables(attribute, url)).toEqual(expected);
  check({}, {}, {});
  check({ origin: ['JFK'] }, {}, { origin: ['JFK'] });
  check({ origin: ['JFK'], plan: 'a' }, { origin: ['EWR'] }, { origin: ['EWR'], plan: 'a' });
  check({ origin: ['JFK'] }, { origin: null }, { origin: null });
});

test('values in the address are JSON; all else is the host page’s own', () => {
  const check = (search: string, expected: Variables) =>
    expect(variablesInUrl(search, CONTROLS)).toEqual(expected);
  check('?origin=%5B%22JFK%22%5D', { origin: ['JFK'] });
  check('?name="UA"&tab=flights', { name: 'UA' });
  check('?limit=5&open=true', { limit: 5, open: true });
  check('?period={"startDate":"2013-01-01"}', { period: { startDate: '2013-01-01' } });
  check('?filter={"a":1}', {});
  check('', {});
});

test('the address carries the choices and keeps what is not ours', () => {
  const check = (search: string, variables: Variables, preset: Variables, expected: string) =>
    expect(decodeURIComponent(urlWithVariables(search, CONTROLS, variables, preset))).toBe(
      expected,
    );
  check('?tab=a', { origin: ['JFK'] }, {}, '?tab=a&origin=["JFK"]');
  check('?tab=a&origin=["JFK"]', {}, {}, '?tab=a');
  check('?origin=["JFK"]', {}, {}, '');
  check('', { plan: 'secret' }, {}, '');
  check('', {}, { origin: ['JFK'] }, '?origin=null');
});

test('a changed attribute changes what it names', () => {
  const check = (before: Variables, now: Variables, expected: Variables) =>
    expect(attributeChanges(before, now)).toEqual(expected);
  check({ a: 1 }, { a: 1 }, {});
  check({ a: 1 }, { a: 2 }, { a: 2 });
  check({ a: 1 }, {}, { a: null });
  check({ a: ['x'] }, { a: ['x'], b: 'y' }, { b: 'y' });
});

test('events of both forms set variables', () => {
  const check = (detail: unknown, expected: Variables | null) =>
    expect(variablesOfEvent(detail)).toEqual(expected);
  check({ varName: 'a', value: 1 }, { a: 1 });
  check({ varName: 'a' }, { a: null });
  check(
    {
      variables: [
        { varName: 'a', value: ['x'] },
        { varName: 'b', value: null },
      ],
    },
    { a: ['x'], b: null },
  );
  check({ variables: [] }, {});
  for (const detail of [null, 'a', {}, { varName: 5 }, { variables: [null] }]) check(detail, null);
});

test('each changed variable is told with its new value', () => {
  expect(changedVariables({ a: 1, b: 2 }, { b: 2, c: [3] })).toEqual([
    ['a', null],
    ['c', [3]],
  ]);
});
