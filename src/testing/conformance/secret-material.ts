import { URL } from "node:url";
import type { PreparedRequest, Provider } from "../../index.js";
import type { AuthorizedRequest } from "./observed-provider.js";

/** Minimum length of a signature or token. The engine does not recognize a shorter text as a secret unless `secrets` contains it. */
const MIN_PIECE_LENGTH = 16;
const PIECES = /[\w+/-]+/g;

/** Returns the texts that must never be shown: an account's secrets, its tokens, and the texts that authentication added to its requests. */
export function secretMaterial(provider: Provider, proofs: readonly AuthorizedRequest[]): string[] {
  const added = proofs.flatMap((proof) => [...addedPieces(proof), ...(proof.token === null ? [] : [proof.token])]);
  return [...new Set([...provider.secrets(), ...added])];
}

/** Whether authentication adds nothing that the engine recognizes as a secret: no token, nothing as long as a signature, and no declared secret. */
export function isUnrecognizable(proof: AuthorizedRequest, secrets: readonly string[]): boolean {
  const { after, token } = proof;
  const sent = [...new URL(after.url).searchParams.values(), ...Object.values(after.headers), after.body ?? ""];
  return (
    token === null &&
    addedPieces(proof).length === 0 &&
    !secrets.some((secret) => sent.some((text) => text.includes(secret)))
  );
}

/** Returns a request as a vendor could quote it: as a whole and in parts. */
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
