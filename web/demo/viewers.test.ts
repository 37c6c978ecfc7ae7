import { expect, test } from 'vitest';

import { airlinesOf, type Customer, firstViewer, found, stationName } from './viewers.ts';

const customer = (provided_id: string, name: string, parent: string | null = null): Customer => ({
  provided_id,
  name,
  level: parent ? 'User' : 'Customer',
  parent_provided_id: parent,
});
const CUSTOMERS = [
  customer('UA', 'United Air Lines Inc.'),
  customer('UA-JFK', 'United Air Lines Inc., JFK', 'UA'),
  customer('AA', 'American Airlines Inc.'),
];
const AIRLINES = airlinesOf(CUSTOMERS);

test('stations stand below their airline', () => {
  expect(
    AIRLINES.map(({ provided_id, stations }) => [provided_id, stations.map(stationName)]),
  ).toEqual([
    ['AA', []],
    ['UA', ['JFK']],
  ]);
});

test('a search looks at names, codes and stations', () => {
  const check = (typed: string, expected: string[]) =>
    expect(found(AIRLINES, typed).map(({ provided_id }) => provided_id)).toEqual(expected);
  check('', ['AA', 'UA']);
  check('united', ['UA']);
  check('jfk', ['UA']);
  check('inc aa', ['AA']);
  check('nobody', []);
});

test('the address names the first viewer', () => {
  expect(firstViewer(AIRLINES, '#UA-JFK')).toBe('UA-JFK');
  expect(firstViewer(AIRLINES, '#nobody')).toBe('UA');
  expect(firstViewer(AIRLINES, '')).toBe('UA');
  expect(firstViewer([], '')).toBeNull();
});
