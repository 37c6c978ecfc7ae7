/**
 * Reads the iframe page's address: `/iframe/<jwt>[/<environment>]` or
 * `/iframe/<embed_id>/<customer_token>[/<environment>]`, under any base path. Pure.
 */

export interface Embed {
  /** The attributes of the element. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A compact JWE has five parts. */
const JWT_PARTS = 5;

/** Null when the path names nothing that could be opened. */
export function readAddress(path: string, search: string): Embed | null {
  const after = /(?:^|\/)iframe\/(.+?)\/?$/.exec(path)?.[1];
  if (after === undefined) return null;
  const [first = '', second, third, ...rest] = after.split('/').map(decode);
  if (rest.length > 0) return null;
  if (first.split('.').length === JWT_PARTS) {
    return third === undefined ? embed({ 'dash-jwt': first }, second, search) : null;
  }
  if (second === undefined) return null;
  return embed({ 'dash-customer-token': `${first}:${second}` }, third, search);
}

function embed(
  credential: Record<string, string>,
  environment: string | undefined,
  search: string,
): Embed {
  const query = new URLSearchParams(search);
  const refresh = query.get('refresh-minutes');
  const locale = query.get('locale_code');
  const theme = query.get('theme');
  return {
    attributes: {
      ...credential,
      theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
      ...(environment && { environment }),
      ...(refresh && { 'refresh-minutes': refresh }),
      ...(locale && { 'locale-code': locale }),
    },
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
