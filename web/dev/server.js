// A server for working on the elements without the real one: `npm run build && npm run dev`.
//
// It answers the embed calls from the demo's flights. A "token" is `<airline>[-<station>]`, with
// words behind it that bring about each state: `UA+slow`, `UA+error`, `UA+expired`, `UA+empty`,
// `UA+demo`, `UA+brief` (ends after 20 seconds). Nothing but a developer's browser uses it.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readFlights } from './flights.js';
import { answer, ELEMENTS, LAYOUT, PANELS } from './on-time.js';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const airlines = Object.fromEntries(
  (await readFile(new URL('../../demo/data/airlines.csv', import.meta.url), 'utf8'))
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll('"', '').split(',')),
);
const flights = await readFlights();
/** @type {Map<string, number>} */
const brief = new Map();

const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};
const POLICY = "default-src 'self'; frame-ancestors *; base-uri 'self'";

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader(
    'Access-Control-Allow-Headers',
    'authorization,content-type,fanlight-customer-token',
  );
  response.setHeader(
    'Access-Control-Expose-Headers',
    'x-request-id,fanlight-token-expires,retry-after',
  );
  response.setHeader('X-Request-Id', randomUUID());
  if (request.method === 'OPTIONS') return void response.end();
  if (url.pathname.startsWith('/embed/v1/')) return embed(url, request, response);
  if (url.pathname.startsWith('/demo/')) return demo(url, request, response);
  return file(url, response);
}).listen(Number(process.env.PORT ?? 8091), '127.0.0.1', () => console.log('listening'));

/**
 * @param {URL} url
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function embed(url, request, response) {
  const pair = String(request.headers['fanlight-customer-token'] ?? ':').split(':')[1];
  const bearer = String(request.headers.authorization ?? '').replace('Bearer ', '');
  const [viewer = '', ...words] = (bearer || pair || '').split('.')[0]?.split('+') ?? [];
  const [carrier = '', station] = viewer.split('-');
  if (words.includes('slow')) await new Promise((done) => setTimeout(done, 1500));
  if (words.includes('brief') && !brief.has(bearer)) brief.set(bearer, Date.now() / 1000 + 20);
  const ends = brief.get(bearer);
  if (ends) response.setHeader('Fanlight-Token-Expires', Math.floor(ends));
  if (words.includes('expired') || (ends && ends < Date.now() / 1000))
    return problem(response, 401, 'expired');
  if (!(carrier in airlines)) return problem(response, 401, 'invalid');
  const mine = flights.filter(
    (row) => row.carrier === carrier && (!station || row.origin === station),
  );
  const [, panel, control] =
    /\/embed\/v1\/(?:dashboard|panels\/(.+)\/data|elements\/(.+)\/options)$/.exec(url.pathname) ??
    [];
  if (control) return json(response, { options: origins(mine) });
  if (!panel) return json(response, definition(viewer, carrier, words));
  if (words.includes('error') && ['by_month', 'flights'].includes(panel))
    return problem(response, 504, 'timed_out');
  const body = await readBody(request);
  return json(response, answer(panel, words.includes('empty') ? [] : mine, body));
}

/**
 * @param {string} viewer
 * @param {string} carrier
 * @param {string[]} words
 */
function definition(viewer, carrier, words) {
  const station = viewer.split('-')[1];
  return {
    embed_id: 'kQ3vT8mB2x',
    name: 'on-time',
    title: 'On-time performance',
    version: 1,
    time_zone: 'America/New_York',
    watermark: words.includes('demo'),
    customer: {
      provided_id: viewer,
      name: station ? `${airlines[carrier]}, ${station}` : airlines[carrier],
      is_demo_group: words.includes('demo'),
    },
    panels: PANELS,
    elements: ELEMENTS,
    layout: LAYOUT,
  };
}

/** @param {import('./flights.js').Flight[]} rows */
function origins(rows) {
  return [...new Set(rows.map(({ origin }) => origin))]
    .sort()
    .map((value) => ({ value, label: null }));
}

/**
 * @param {URL} url
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function demo(url, request, response) {
  if (url.pathname === '/demo/customers') {
    const file = new URL('../../demo/customers.json', import.meta.url);
    const customers = JSON.parse(await readFile(file, 'utf8')).map(
      (/** @type {any} */ customer) => ({
        provided_id: customer.provided_id,
        name: customer.name,
        level: customer.hierarchy_level_name ?? 'Customer',
        parent_provided_id: customer.parent_provided_id ?? null,
        create_body: customer,
      }),
    );
    return json(response, { dashboards: { 'on-time': 'kQ3vT8mB2x' }, customers });
  }
  const { provided_id: id } = await readBody(request);
  const host = `http://${request.headers.host}`;
  return json(response, {
    jwt: id === 'F9' ? `${id}+demo` : id,
    api_token: 'a'.repeat(64),
    create_curl: `curl -X POST ${host}/api/create_customer/ \\\n  -H 'Explo-Authorization: Token ${'a'.repeat(64)}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{"provided_id": "${id}"}'`,
    embed_html: `<script src="${host}/bundle.js"></script>\n<fanlight-dashboard dash-jwt="${id}"></fanlight-dashboard>`,
  });
}

/**
 * @param {URL} url
 * @param {import('node:http').ServerResponse} response
 */
async function file(url, response) {
  const page = url.pathname.startsWith('/iframe/') ? '/iframe/index.html' : url.pathname;
  const path = page === '/' ? '/demo/index.html' : page;
  try {
    const body = await readFile(`${dist}${path.replaceAll('..', '')}`);
    const kind = /** @type {Record<string, string>} */ (TYPES)[extname(path)];
    response.writeHead(200, {
      'Content-Type': kind ?? 'text/plain',
      'Content-Security-Policy': POLICY,
    });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** @param {import('node:http').IncomingMessage} request */
async function readBody(request) {
  let text = '';
  for await (const part of request) text += part;
  return text === '' ? {} : JSON.parse(text);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {unknown} body
 */
function json(response, body) {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} code
 */
function problem(response, status, code) {
  const detail =
    status === 504 ? 'The query took longer than 30 seconds.' : 'The token is not good.';
  response.writeHead(status, { 'Content-Type': 'application/problem+json' });
  response.end(JSON.stringify({ type: `/problems/${code}`, title: code, status, detail, code }));
}
