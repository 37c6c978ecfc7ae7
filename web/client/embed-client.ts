/** The calls under `/embed/v1`. Knows HTTP; decides nothing. */

import type { Result } from '../charts/panel.ts';
import { type Credential, headerOf } from './credential.ts';
import type { Definition, Variables } from './definition.ts';
import { Failure, failureOf } from './failure.ts';
import type { components } from './schema.ts';

type Schemas = components['schemas'];

export interface Answer<T> {
  readonly body: T;
  /** When the credential ends, in Unix seconds; null when it does not, or the server keeps silent. */
  readonly expiresAt: number | null;
}

export type SortKey = Schemas['Sort'];

export type DataRequest = Omit<Schemas['DataRequest'], 'sort'> & {
  readonly variables: Variables;
  readonly sort?: readonly SortKey[];
};

export interface Place {
  /** The server's address, with its base path, ending in a slash. */
  readonly base: string;
  readonly credential: Credential;
  readonly environment: string | null;
}

/** How often a call is repeated when the server is busy, and the longest wait in seconds. */
const BUSY_RETRIES = 2;
const LONGEST_WAIT = 10;

export class EmbedClient {
  constructor(private readonly place: Place) {}

  dashboard(signal: AbortSignal): Promise<Answer<Definition>> {
    return this.call('dashboard', null, signal);
  }

  panel(id: string, request: DataRequest, signal: AbortSignal): Promise<Answer<Result>> {
    return this.call(`panels/${encodeURIComponent(id)}/data`, request, signal);
  }

  options(
    id: string,
    request: DataRequest,
    signal: AbortSignal,
  ): Promise<Answer<Schemas['ElementOptions']>> {
    return this.call(`elements/${encodeURIComponent(id)}/options`, request, signal);
  }

  private async call<T>(path: string, body: unknown, signal: AbortSignal): Promise<Answer<T>> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.once(path, body, signal);
      } catch (error) {
        const busy = error instanceof Failure && error.kind === 'busy';
        if (!busy || attempt >= BUSY_RETRIES || (error.retryAfter ?? 0) > LONGEST_WAIT) throw error;
        await pause((error.retryAfter ?? 0.5 * 2 ** attempt) * 1000, signal);
      }
    }
  }

  private async once<T>(path: string, body: unknown, signal: AbortSignal): Promise<Answer<T>> {
    const url = new URL(`embed/v1/${path}`, this.place.base);
    if (this.place.environment) url.searchParams.set('environment', this.place.environment);
    const [name, value] = headerOf(this.place.credential);
    const headers: Record<string, string> = { [name]: value, Accept: 'application/json' };
    if (body !== null) headers['Content-Type'] = 'application/json';
    const response = await send(url, {
      method: body === null ? 'GET' : 'POST',
      headers,
      body: body === null ? null : JSON.stringify(body),
      signal,
      credentials: 'omit',
      cache: 'no-store',
    });
    const parsed = await parsedBody(response, signal);
    if (!response.ok) throw failureOf(response.status, parsed, response.headers);
    if (parsed === undefined) {
      throw new Failure('failed', 'The answer could not be read.', requestId(response));
    }
    const expires = Number(response.headers.get('Fanlight-Token-Expires') ?? Number.NaN);
    return { body: parsed as T, expiresAt: Number.isFinite(expires) ? expires : null };
  }
}

const requestId = (response: Response) => response.headers.get('X-Request-Id');

async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Failure('unreachable', 'The server cannot be reached.');
  }
}

/** The JSON of a body, undefined when it is none. */
async function parsedBody(response: Response, signal: AbortSignal): Promise<unknown> {
  try {
    return JSON.parse(await response.text());
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}
