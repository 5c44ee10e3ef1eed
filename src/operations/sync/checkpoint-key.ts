import { createHash } from "node:crypto";

/**
 * Returns the key of a call in a checkpoint: its id. In an id that contains a secret, the secret is removed and a hash is appended, so that two such ids stay
 * different.
 * @param clean removes secrets from a text.
 */
export function checkpointKeyOf(id: string, clean: (text: string) => string): string {
  const cleaned = clean(id);
  return cleaned === id ? id : `${cleaned}~${createHash("sha256").update(id).digest("base64url").slice(0, 12)}`;
}
