import { createHash } from "node:crypto";

/**
 * The key by which a call is known in a checkpoint: its id. Of an id that holds a secret, the rest of it and a hash, by which two such calls are still two.
 * @param clean removes secrets from a text.
 */
export function keptKeyOf(id: string, clean: (text: string) => string): string {
  const cleaned = clean(id);
  return cleaned === id ? id : `${cleaned}~${createHash("sha256").update(id).digest("base64url").slice(0, 12)}`;
}
