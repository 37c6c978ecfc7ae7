/** Embed tokens, made as a product's own back end makes them: by a library that is not ours. */

import { EncryptJWT } from "jose";

/**
 * A compact JWE that opens `embedId` as `customer`.
 *
 * @param {{ id: string, value: string }} secret
 * @param {{ customer: string, embedId: string, lifetime?: number }} claims lifetime in seconds,
 *   below zero for a token that has expired
 */
export function embedToken(secret, { customer, embedId, lifetime = 3600 }) {
  const expiry = Math.floor(Date.now() / 1000) + lifetime;
  return new EncryptJWT({ cst: customer, dsh: embedId })
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: secret.id })
    .setExpirationTime(expiry)
    .encrypt(new TextEncoder().encode(secret.value));
}
