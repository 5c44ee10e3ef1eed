import type { PreparedRequest } from "../../contract/http.js";

/** Signatures and tokens that are remembered: those of requests that may still be answered. */
const REMEMBERED = 500;
/** What is long enough to be a signature or a token. A name before it (`Signature=…`) is no part of it: vendors quote it without. */
const PIECE = /[\w+/-]{16,}/g;
/** What is shorter is no signature and no token, and stands in any text by chance. */
const SHORTEST = 8;

/** Removes secrets from text that comes from outside: vendors quote keys and signatures in their messages. */
export class Redaction {
  /** Truly private: printing an object that holds this one must not show them. */
  readonly #secrets: readonly string[];
  readonly #recent = new Set<string>();

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.filter((secret) => secret !== "");
  }

  /** Remembers a secret for a while. */
  remember(secret: string): void {
    if (secret.length < SHORTEST) return;
    this.#recent.delete(secret);
    this.#recent.add(secret);
    for (const oldest of this.#recent) {
      if (this.#recent.size <= REMEMBERED) break;
      this.#recent.delete(oldest);
    }
  }

  /** Remembers what was added to a request to prove its sender. */
  rememberProof(before: PreparedRequest, after: PreparedRequest): void {
    const known = new Set(piecesOf(before));
    for (const piece of piecesOf(after)) if (!known.has(piece)) this.remember(piece);
  }

  /** The text with every secret, as it is and as a URL or JSON writes it, replaced. */
  clean(text: string): string {
    let cleaned = text;
    for (const secret of [...this.#secrets, ...this.#recent]) {
      for (const form of formsOf(secret)) cleaned = cleaned.replaceAll(form, "[redacted]");
    }
    return cleaned;
  }
}

function piecesOf({ url, headers, body }: PreparedRequest): string[] {
  return [url, ...Object.values(headers), body ?? ""].flatMap((text) => text.match(PIECE) ?? []);
}

function formsOf(secret: string): Set<string> {
  const inUrl = asInUrl(secret);
  return new Set([secret, inUrl, inUrl.replace(/%../g, (escape) => escape.toLowerCase()), JSON.stringify(secret).slice(1, -1)]);
}

function asInUrl(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // Half a surrogate pair, which no URL can hold.
    return secret;
  }
}
