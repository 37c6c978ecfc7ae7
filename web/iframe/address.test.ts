import { expect, test } from 'vitest';

import { readAddress } from './address.ts';

const JWT = 'a.b.c.d.e';

function check(path: string, search: string, expected: Record<string, string> | null) {
  const attributes = readAddress(path, search)?.attributes ?? null;
  expect(attributes).toEqual(expected && { theme: 'auto', ...expected });
}

test('five parts with dots are a JWT, all else an embed id and a token', () => {
  check(`/iframe/${JWT}`, '', { 'dash-jwt': JWT });
  check(`/iframe/${JWT}/`, '', { 'dash-jwt': JWT });
  check(`/iframe/${JWT}/production`, '', { 'dash-jwt': JWT, environment: 'production' });
  check('/iframe/e1/t1', '', { 'dash-customer-token': 'e1:t1' });
  check('/iframe/e1/t1/staging', '', { 'dash-customer-token': 'e1:t1', environment: 'staging' });
  check('/base/iframe/e1/t1', '', { 'dash-customer-token': 'e1:t1' });
  check(`/iframe/${JWT}/a%20b`, '', { 'dash-jwt': JWT, environment: 'a b' });
});

test('paths that name nothing are refused', () => {
  for (const path of ['/iframe/', '/iframe/e1', '/iframe/e1/t1/x/y', `/iframe/${JWT}/x/y`, '/']) {
    check(path, '', null);
  }
});

test('the query sets the interval, the locale and the theme', () => {
  check(`/iframe/${JWT}`, '?refresh-minutes=5&locale_code=fr-fr&theme=dark', {
    'dash-jwt': JWT,
    'refresh-minutes': '5',
    'locale-code': 'fr-fr',
    theme: 'dark',
  });
  check(`/iframe/${JWT}`, '?theme=pink', { 'dash-jwt': JWT });
});
