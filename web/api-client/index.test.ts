/** The client against the real binary. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DemoServer, startDemo } from './demo-server.ts';
import { createClient, type Schemas } from './index.ts';

let demo: DemoServer;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  demo = await startDemo();
  client = createClient({ baseUrl: demo.url, token: demo.testing_token });
}, 120_000);

afterAll(() => demo?.stop(), 120_000);

const put = (provided_id: string, body: Schemas['WantedCustomer']) =>
  client.PUT('/v1/customers/{provided_id}', { params: { path: { provided_id } }, body });

const read = (provided_id: string) =>
  client.GET('/v1/customers/{provided_id}', { params: { path: { provided_id } } });

test('a customer is created once and read back', async () => {
  const body = { name: 'Äcme / Ltd', properties: { plan: 'pro' } };
  expect((await put('a/1', body)).data?.outcome).toBe('created');
  expect((await put('a/1', body)).data?.outcome).toBe('unchanged');
  const { data } = await read('a/1');
  expect(data?.name).toBe('Äcme / Ltd');
  expect(data?.computed_properties).toEqual({ plan: 'pro' });
});

test('a change with a stale tag is refused', async () => {
  await put('tagged', { name: 'Tagged' });
  const tag = (await read('tagged')).response.headers.get('ETag') ?? '';
  const patch = (name: string) =>
    client.PATCH('/v1/customers/{provided_id}', {
      params: { path: { provided_id: 'tagged' }, header: { 'If-Match': tag } },
      body: { name },
    });
  expect((await patch('First')).data?.name).toBe('First');
  const second = await patch('Second');
  expect(second.response.status).toBe(412);
  expect(second.error?.code).toBe('precondition_failed');
});

test('a batch answers every row, and lists are read to the end by cursor', async () => {
  const ids = Array.from({ length: 25 }, (_, index) => `batch-${index}`);
  const { data } = await client.POST('/v1/customers:batch', {
    body: [
      ...ids.map((provided_id) => ({ provided_id, name: provided_id })),
      { provided_id: '', name: 'No id' },
    ],
  });
  expect(data).toMatchObject({ created: 25, failed: 1 });
  expect(data?.results[25]?.error?.errors[0]?.pointer).toContain('provided_id');

  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: { limit: number; cursor?: string } = cursor
      ? { limit: 10, cursor }
      : { limit: 10 };
    const page: Schemas['PageOfCustomer'] | undefined = (
      await client.GET('/v1/customers', { params: { query } })
    ).data;
    found.push(...(page?.data.map((customer) => customer.provided_id) ?? []));
    cursor = page?.next_cursor ?? null;
  }
  expect(found).toEqual(expect.arrayContaining(ids));
});

test('a failure is a problem document with every fault', async () => {
  const emails = Array.from({ length: 101 }, (_, index) => `${index}@example.com`);
  const { data, error } = await put('faulty', { name: '', emails });
  expect(data).toBeUndefined();
  expect(error?.code).toBe('invalid_request');
  const pointers = error?.errors.map(({ pointer }) => pointer);
  expect(pointers).toEqual(expect.arrayContaining(['/name', '/emails']));
  expect((await read('nobody')).error).toMatchObject({ status: 404, code: 'not_found' });
});
