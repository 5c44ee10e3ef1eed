import type { PreparedRequest, Provider } from "../../index.js";
import type { Proof } from "./observed-provider.js";

/** What is shorter is no signature and no token. */
const SHORTEST = 16;
const PIECES = /[\w+/-]+/g;

/** What must never be shown: an account's secrets, its tokens, and whatever was added to its requests to prove their sender. */
export function secretMaterial(provider: Provider, proofs: readonly Proof[]): string[] {
  const added = proofs.flatMap(({ before, after, token }) => {
    const known = new Set(piecesOf(before));
    return [...piecesOf(after).filter((piece) => !known.has(piece)), ...(token === null ? [] : [token])];
  });
  return [...new Set([...provider.secrets(), ...added])];
}

/** A request as a vendor would quote it: the whole of it, and its parts one by one. */
export function quote({ method, url, headers, body }: PreparedRequest): string {
  const parts = [method, url, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), body ?? ""];
  return [...parts, ...piecesOf({ method, url, headers, body })].join(" ");
}

function piecesOf({ url, headers, body }: PreparedRequest): string[] {
  return [url, ...Object.values(headers), body ?? ""].flatMap((text) => text.match(PIECES) ?? []).filter((piece) => piece.length >= SHORTEST);
}
