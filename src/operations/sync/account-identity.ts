import { createHmac } from "node:crypto";
import type { Provider } from "../../contract/provider.js";
import type { CheckpointIdentity } from "../../engine/checkpoints/checkpoint.js";

const HASH_LENGTH = 22;

/** The identity to keep of a provider; null where it declares none. The hash is keyed by the account: one key under two labels has two hashes. */
export function identityOf(provider: Pick<Provider, "id" | "account" | "identity">): CheckpointIdentity | null {
  const identity = provider.identity?.();
  if (identity === undefined) return null;
  const { endpoint, publicKey } = identity;
  const hash = (key: string) =>
    createHmac("sha256", JSON.stringify(["call-records/checkpoint", provider.id, provider.account]))
      .update(key)
      .digest("base64url")
      .slice(0, HASH_LENGTH);
  return { endpoint, publicKeyHash: publicKey === null ? null : hash(publicKey) };
}

/** What of an identity has changed, as a sentence tells it; null where nothing that is known has. */
export function identityChange(before: CheckpointIdentity | null, now: CheckpointIdentity | null): string | null {
  if (before === null || now === null) return null;
  const isOther = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;
  const changes = [
    ...(isOther(before.endpoint, now.endpoint)
      ? [`\`endpoint\` was ${before.endpoint ?? ""} and is ${now.endpoint ?? ""} now`]
      : []),
    ...(isOther(before.publicKeyHash, now.publicKeyHash)
      ? ["the key of the credentials is another one than in the last pass"]
      : []),
  ];
  return changes.length === 0 ? null : changes.join("; ");
}
