/** What opens a dashboard, and how it is sent: always in a header, never in a path. */

export type Credential =
  | { readonly kind: 'jwt'; readonly jwt: string }
  | { readonly kind: 'token'; readonly embedId: string; readonly token: string };

/** The header that carries the credential. */
export function headerOf(credential: Credential): [name: string, value: string] {
  return credential.kind === 'jwt'
    ? ['Authorization', `Bearer ${credential.jwt}`]
    : ['Fanlight-Customer-Token', `${credential.embedId}:${credential.token}`];
}

/** Reads `<embed_id>:<token>`; null when the text is not of that form. */
export function parseTokenPair(text: string): Credential | null {
  const match = /^\s*([^\s:]+):([^\s:]+)\s*$/.exec(text);
  if (!match?.[1] || !match[2]) return null;
  return { kind: 'token', embedId: match[1], token: match[2] };
}

/** Whether a header can carry the text: visible ASCII only. */
export function isSendable(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

export function sameCredential(a: Credential | null, b: Credential | null): boolean {
  if (a === null || b === null) return a === b;
  return headerOf(a).join() === headerOf(b).join();
}
