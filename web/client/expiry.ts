/** When the host page is asked for another token. */

/** Seconds before the end at which the host is asked, unless the token lives only briefly. */
const LEAD = 60;
/** `setTimeout` cannot wait longer; nobody keeps a page open for 24 days. */
const LONGEST = 2 ** 31 - 1;

/**
 * Milliseconds from `now` (Unix ms) until the host should be asked for a token that replaces one
 * ending at `expiresAt` (Unix seconds): a minute before the end, or a fifth of the remaining time.
 */
export function warnIn(expiresAt: number, now: number): number {
  const remaining = expiresAt * 1000 - now;
  const lead = Math.min(LEAD * 1000, remaining / 5);
  return Math.min(Math.max(remaining - lead, 0), LONGEST);
}
