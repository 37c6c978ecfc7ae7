import { expect, test } from 'vitest';

import { headerOf, isSendable, parseTokenPair } from './credential.ts';
import { warnIn } from './expiry.ts';
import { failureOf } from './failure.ts';

test('a customer token stands behind the id of what it opens', () => {
  const check = (text: string, expected: string | null) => {
    const credential = parseTokenPair(text);
    expect(credential && headerOf(credential).join(': ')).toBe(expected);
  };
  check('kQ3vT8mB2x:abc', 'Fanlight-Customer-Token: kQ3vT8mB2x:abc');
  check(' kQ3vT8mB2x:abc ', 'Fanlight-Customer-Token: kQ3vT8mB2x:abc');
  check('abc', null);
  check(':abc', null);
  check('a:', null);
  check('a:b:c', null);
  check('a b:c', null);
});

test('a token travels in the header that says what it is', () => {
  expect(headerOf({ kind: 'jwt', jwt: 'a.b.c.d.e' })).toEqual([
    'Authorization',
    'Bearer a.b.c.d.e',
  ]);
  expect(isSendable('a.b')).toBe(true);
  for (const text of ['a\nb', 'ä', '']) expect(isSendable(text), text).toBe(false);
});

test('the host is asked a minute before the end, or a fifth of a short life before', () => {
  const now = 1_000_000_000_000;
  const check = (seconds: number, expected: number) =>
    expect(warnIn(now / 1000 + seconds, now)).toBe(expected * 1000);
  check(3600, 3540);
  check(300, 240);
  check(20, 16);
  check(0, 0);
  check(-5, 0);
  expect(warnIn(now / 1000 + 1e9, now)).toBe(2 ** 31 - 1);
});

test('a problem becomes a failure of its kind', () => {
  const check = (status: number, body: unknown, kind: string, message: string) => {
    const failure = failureOf(status, body, new Headers({ 'X-Request-Id': 'r1' }));
    expect([failure.kind, failure.message, failure.requestId]).toEqual([kind, message, 'r1']);
  };
  check(401, { code: 'expired', title: 'Expired' }, 'expired', 'Expired');
  check(401, { code: 'invalid', detail: 'no' }, 'refused', 'no');
  check(403, {}, 'refused', 'The server answered with status 403.');
  check(404, { title: 'Not found' }, 'missing', 'Not found');
  check(503, null, 'busy', 'The server answered with status 503.');
  check(504, '<html>', 'failed', 'The server answered with status 504.');
});
