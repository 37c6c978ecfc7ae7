/** Why a call failed, in the words the elements act on. */

export type FailureKind =
  /** The token's time is over: another one revives the dashboard. */
  | 'expired'
  /** The credential does not verify. */
  | 'refused'
  /** The dashboard or panel is not there, or not for this viewer. */
  | 'missing'
  /** The server asks to come back later. */
  | 'busy'
  /** No answer arrived. */
  | 'unreachable'
  | 'failed';

export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly kind: FailureKind,
    message: string,
    /** Names the request in the operator's log. */
    readonly requestId: string | null = null,
    /** Seconds after which the server may answer, when it said so. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

/** Reads a problem document; `body` is whatever arrived, parsed if it was JSON. */
export function failureOf(status: number, body: unknown, headers: Headers): Failure {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const text = (key: string) =>
    typeof problem[key] === 'string' ? (problem[key] as string) : null;
  const code = text('code');
  const message = text('detail') ?? text('title') ?? `The server answered with status ${status}.`;
  const seconds = Number(headers.get('Retry-After') ?? Number.NaN);
  return new Failure(
    kindOf(status, code),
    message,
    headers.get('X-Request-Id') ?? text('request_id'),
    Number.isFinite(seconds) ? seconds : null,
  );
}

function kindOf(status: number, code: string | null): FailureKind {
  if (status === 401) return code === 'expired' ? 'expired' : 'refused';
  if (status === 403) return 'refused';
  if (status === 404) return 'missing';
  if (status === 429 || status === 503) return 'busy';
  return 'failed';
}
