import { URL } from "node:url";
import type { PreparedRequest, Provider } from "../../index.js";
import type { AuthorizedRequest } from "./observed-provider.js";

/** What is shorter is no signature and no token: unless it is named, the engine does not know it for a secret. */
const MIN_PIECE_LENGTH = 16;
const PIECES = /[\w+/-]+/g;

/** What must never be shown: an account's secrets, its tokens, and whatever was added to its requests to prove their sender. */
export function secretMaterial(provider: Provider, proofs: readonly AuthorizedRequest[]): string[] {
  const added = proofs.flatMap((proof) => [...addedPieces(proof), ...(proof.token === null ? [] : [proof.token])]);
  return [...new Set([...provider.secrets(), ...added])];
}

/** Whether a sender is proven by nothing that the engine would know again: no token, nothing as long as a signature, and no secret that is named. */
export function isUnrecognizable(proof: AuthorizedRequest, secrets: readonly string[]): boolean {
  const { after, token } = proof;
  const sent = [...new URL(after.url).searchParams.values(), ...Object.values(after.headers), after.body ?? ""];
  return (
    token === null &&
    addedPieces(proof).length === 0 &&
    !secrets.some((secret) => sent.some((text) => text.includes(secret)))
  );
}

/** A request as a vendor would quote it: the whole of it, and its parts one by one. */
export function quote({ method, url, headers, body }: PreparedRequest): string {
  const parts = [method, url, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), body ?? ""];
  return [...parts, ...piecesOf({ method, url, headers, body })].join(" ");
}

function addedPieces({ before, after }: AuthorizedRequest): string[] {
  const known = new Set(piecesOf(before));
  return piecesOf(after).filter((piece) => !known.has(piece));
}

function piecesOf({ url, headers, body }: PreparedRequest): string[] {
  return [url, ...Object.values(headers), body ?? ""]
    .flatMap((text) => text.match(PIECES) ?? [])
    .filter((piece) => piece.length >= MIN_PIECE_LENGTH);
}
