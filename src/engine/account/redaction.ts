import type { PreparedRequest } from "../../contract/http.js";

/** Signatures and tokens that are remembered: those of requests that may still be answered. */
const REMEMBERED = 500;
/** What is long enough to be a signature or a token. */
const PIECE = /[\w+/=-]{16,}/g;

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

  /** The text with every secret, as it is and as a URL writes it, replaced. */
  clean(text: string): string {
    let cleaned = text;
    for (const secret of [...this.#secrets, ...this.#recent]) {
      for (const form of new Set([secret, encodeURIComponent(secret)])) cleaned = cleaned.replaceAll(form, "[redacted]");
    }
    return cleaned;
  }
}

function piecesOf({ url, headers, body }: PreparedRequest): string[] {
  return [url, ...Object.values(headers), body ?? ""].flatMap((text) => text.match(PIECE) ?? []);
}
