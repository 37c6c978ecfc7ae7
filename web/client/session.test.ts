import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';

import type { Definition, Variables } from './definition.ts';
import { Session } from './session.ts';

/** What the server of a test heard and how it answers. */
interface Call {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies.
  readonly body: any;
}
type Reply = { status?: number; headers?: Record<string, string>; body: unknown; wait?: number };

let server: Server;
let base: string;
let calls: Call[];
let aborted: number;
let reply: (call: Call) => Reply;
let told: string[];
let session: Session;

beforeEach(async () => {
  calls = [];
  aborted = 0;
  told = [];
  reply = answer;
  server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`;
  session = new Session({
    changed: () => {},
    opened: () => ({ origin: ['JFK'] }),
    settled: () => void told.push('settled'),
    expiring: () => void told.push('expiring'),
  });
});

afterEach(() => {
  session.close();
  server.closeAllConnections();
  server.close();
});

async function handle(request: IncomingMessage, response: ServerResponse) {
  let text = '';
  for await (const part of request) text += part;
  const call = {
    path: request.url ?? '',
    headers: request.headers,
    body: text && JSON.parse(text),
  };
  calls.push(call);
  const { status = 200, headers = {}, body, wait = 0 } = reply(call);
  response.on('close', () => {
    if (!response.writableFinished) aborted += 1;
  });
  await new Promise((done) => setTimeout(done, wait));
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

const definition: Definition = {
  embed_id: 'e1',
  name: 'on-time',
  title: 'On time',
  version: 1,
  time_zone: 'UTC',
  watermark: false,
  customer: { provided_id: 'UA', name: 'United', is_demo_group: false },
  panels: ['a', 'b'].map((id) => ({
    id,
    type: id === 'b' ? ('table' as const) : ('kpi' as const),
    title: id,
    description: null,
    orientation: 'vertical',
    stacked: false,
    page_size: 20,
    columns: [],
  })),
  elements: [{ id: 'origin', type: 'multi_select', label: null, placeholder: null }],
  layout: [],
};
const data = {
  columns: [],
  rows: [[1]],
  total_rows: null,
  cached: false,
  as_of: '2026-01-01T00:00:00Z',
};
const expired: Reply = { status: 401, body: { code: 'expired', title: 'Expired' } };

function answer({ path }: Call): Reply {
  if (path.includes('/dashboard')) return { body: definition };
  if (path.includes('/options')) return { body: { options: [{ value: 'JFK', label: null }] } };
  return { body: data };
}

function open(jwt = 'one', environment: string | null = null) {
  session.open({ base, credential: { kind: 'jwt', jwt }, environment });
}

/** Waits until `claim` holds; the test's own time limit ends a claim that never does. */
async function until(claim: () => boolean): Promise<void> {
  while (!claim()) await new Promise((done) => setTimeout(done, 2));
}

const isSettled = () =>
  [...session.state.panels.values()].every(({ status }) => status === 'ready');
const panelCalls = () => calls.filter(({ path }) => path.includes('/panels/'));

test('one call for the dashboard, one for each panel, one for each list', async () => {
  open('one', 'production');
  await until(() => told.includes('settled') && calls.length === 4);
  expect(calls.map(({ path }) => path).sort()).toEqual([
    '/base/embed/v1/dashboard?environment=production',
    '/base/embed/v1/elements/origin/options?environment=production',
    '/base/embed/v1/panels/a/data?environment=production',
    '/base/embed/v1/panels/b/data?environment=production',
  ]);
  expect(new Set(calls.map(({ headers }) => headers.authorization))).toEqual(
    new Set(['Bearer one']),
  );
  expect(told).toEqual(['settled']);
});

test('panels get the variables, tables their page too, and a list nothing of its own choice', async () => {
  open();
  await until(() => calls.length === 4);
  const body = (part: string) => calls.find(({ path }) => path.includes(part))?.body;
  expect(body('/panels/a/')).toEqual({ variables: { origin: ['JFK'] } });
  expect(body('/panels/b/')).toEqual({ variables: { origin: ['JFK'] }, page: 1, page_size: 20 });
  expect(body('/options')).toEqual({ variables: {} });
});

test('rapid choices are gathered, and no value takes a variable away', async () => {
  open();
  await until(isSettledOnce);
  calls = [];
  for (const origin of [['EWR'], ['LGA'], []]) session.choose({ origin });
  await until(() => panelCalls().length === 2 && isSettled());
  expect(panelCalls().map(({ body }) => body.variables)).toEqual([{}, {}]);
});

const isSettledOnce = () => told.includes('settled') && isSettled();

test('a newer choice cancels what is on its way', async () => {
  open();
  await until(isSettledOnce);
  reply = (call) => ({ ...answer(call), wait: panelCalls().length > 4 ? 0 : 60_000 });
  session.choose({ origin: ['EWR'] });
  await until(() => panelCalls().length === 4);
  session.choose({ origin: ['LGA'] });
  await until(() => panelCalls().length === 6 && isSettled() && aborted === 2);
  expect(session.state.variables).toEqual({ origin: ['LGA'] });
});

test('choosing what is chosen asks nothing', async () => {
  open();
  await until(isSettledOnce);
  calls = [];
  session.choose({ origin: ['JFK'], other: null } as Variables);
  await new Promise((done) => setTimeout(done, 200));
  expect(calls).toEqual([]);
});

test('sorting and turning pages asks that table alone', async () => {
  open();
  await until(isSettledOnce);
  calls = [];
  session.turnTo('b', 3);
  await until(() => panelCalls().length === 1 && isSettled());
  session.sortBy('b', [{ column: 'n', direction: 'desc' }]);
  await until(() => panelCalls().length === 2 && isSettled());
  expect(panelCalls().map(({ body }) => [body.page, body.sort])).toEqual([
    [3, undefined],
    [1, [{ column: 'n', direction: 'desc' }]],
  ]);
});

test('a panel that fails keeps what it showed, and a retry asks for it alone', async () => {
  open();
  await until(isSettledOnce);
  reply = ({ path }) =>
    path.includes('/panels/a/')
      ? { status: 504, headers: { 'X-Request-Id': 'r7' }, body: { detail: 'too slow' } }
      : { body: data };
  session.refresh();
  await until(() => session.state.panels.get('a')?.status === 'failed');
  const failed = session.state.panels.get('a');
  expect(failed?.result).toEqual(data);
  expect([failed?.failure?.message, failed?.failure?.requestId]).toEqual(['too slow', 'r7']);
  reply = answer;
  calls = [];
  session.retry('a');
  await until(isSettled);
  expect(panelCalls().map(({ path }) => path)).toEqual(['/base/embed/v1/panels/a/data']);
});

test('an ended token is told once, and another one revives the dashboard', async () => {
  reply = () => expired;
  open('one');
  await until(() => session.state.phase === 'expired');
  expect(told).toEqual(['expiring']);
  reply = answer;
  open('two');
  await until(isSettledOnce);
  expect(session.state.phase).toBe('ready');
});

test('a token that ends later leaves what was loaded on the screen', async () => {
  open('one');
  await until(isSettledOnce);
  reply = () => expired;
  session.refresh();
  await until(() => session.state.phase === 'expired');
  expect(session.state.panels.get('a')).toMatchObject({
    status: 'ready',
    result: data,
    failure: null,
  });
  const asked = calls.length;
  session.refresh();
  await new Promise((done) => setTimeout(done, 50));
  expect(calls, 'an ended token is not tried again').toHaveLength(asked);
  reply = answer;
  open('two');
  // Nothing flashes: the results stay while the new token is tried.
  expect(session.state.panels.get('a')?.result).toEqual(data);
  await until(() => session.state.phase === 'ready' && isSettled());
  expect(told).toEqual(['settled', 'expiring']);
});

test('the end of a token is announced before it comes', async () => {
  const end = Math.floor(Date.now() / 1000) + 1;
  reply = (call) => ({ ...answer(call), headers: { 'Fanlight-Token-Expires': String(end) } });
  open();
  await until(() => told.includes('expiring'));
  expect(session.state.phase).toBe('ready');
});

test('another customer shows nothing of the one before', async () => {
  open('one');
  await until(isSettledOnce);
  const other = { ...definition, customer: { ...definition.customer, provided_id: 'AA' } };
  reply = (call) =>
    call.path.includes('/dashboard') ? { body: other } : { body: data, wait: 60_000 };
  open('two');
  await until(() => session.state.definition?.customer.provided_id === 'AA');
  expect([...session.state.panels.values()].map(({ result }) => result)).toEqual([null, null]);
});

test('a refused credential takes everything away', async () => {
  open('one');
  await until(isSettledOnce);
  reply = () => ({ status: 401, body: { code: 'invalid' } });
  open('two');
  await until(() => session.state.phase === 'failed');
  expect(session.state.definition).toBeNull();
  expect(session.state.failure?.kind).toBe('refused');
});

test('a busy server is asked again after the time it names', async () => {
  let busy = 2;
  reply = (call) => {
    if (busy-- > 0) return { status: 503, headers: { 'Retry-After': '0' }, body: {} };
    return answer(call);
  };
  open();
  await until(isSettledOnce);
  expect(calls.filter(({ path }) => path.includes('/dashboard'))).toHaveLength(3);
});

test('a server out of reach is told as that', async () => {
  server.close();
  session.open({
    base: 'http://127.0.0.1:1/',
    credential: { kind: 'jwt', jwt: 'x' },
    environment: null,
  });
  await until(() => session.state.phase === 'failed');
  expect(session.state.failure?.kind).toBe('unreachable');
});
