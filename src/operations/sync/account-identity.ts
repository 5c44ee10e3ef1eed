import { createHmac } from "node:crypto";
import type { Provider } from "../../contract/provider.js";
import type { CheckpointIdentity } from "../../engine/checkpoints/checkpoint.js";

const HASH_LENGTH = 22;

/** Returns the identity to save for a provider; null when it declares none. The label is part of the hash, so that one key has a different hash under each label. */
export function identityOf(
  provider: Pick<Provider, "id" | "account" | "identity">,
  label = provider.account,
): CheckpointIdentity | null {
  const identity = provider.identity?.();
  if (identity === undefined) return null;
  const { endpoint, publicKey } = identity;
  const hash = (key: string) =>
    createHmac("sha256", JSON.stringify(["call-records/checkpoint", provider.id, label]))
      .update(key)
      .digest("base64url")
      .slice(0, HASH_LENGTH);
  return { endpoint, publicKeyHash: publicKey === null ? null : hash(publicKey) };
}

/** Returns the change of an identity as a phrase for a message; null when no known part has changed. */
export function identityChange(before: CheckpointIdentity | null, now: CheckpointIdentity | null): string | null {
  if (before === null || now === null) return null;
  const isOther = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;
  const changes = [
    ...(isOther(before.endpoint, now.endpoint)
      ? [`\`endpoint\` was ${before.endpoint ?? ""} and is ${now.endpoint ?? ""} now`]
      : []),
    ...(isOther(before.publicKeyHash, now.publicKeyHash)
      ? ["the key of the credentials differs from that of the last pass"]
      : []),
  ];
  return changes.length === 0 ? null : changes.join("; ");
}
