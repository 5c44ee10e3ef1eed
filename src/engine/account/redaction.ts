import type { PreparedRequest } from "../../contract/http.js";
import { type SecretForms, SecretIndex } from "./secret-index.js";

/** Signatures and tokens that are remembered: those of requests that may still be answered. */
const REMEMBERED = 500;
/** What is long enough to be a signature or a token. A name before it (`Signature=…`) is no part of it: vendors quote it without. */
const PIECE = /[\w+/-]{16,}/g;
/** A proof of one kind of characters, whose pieces are of that proof alone. Others hold dates and names, which stand in other texts as well. */
const UNIFORM = /^[A-Za-z0-9]+$/;
/** What is shorter stands in any text by chance. */
const SHORTEST_TOKEN = 8;

const CONFIGURED: SecretForms = { pieces: true, encoded: true, wholeWord: false };
/** Of less than four characters, other forms would be found in every text. */
const SHORT_CONFIGURED: SecretForms = { pieces: false, encoded: false, wholeWord: false };

/**
 * Removes secrets from text that comes from outside: vendors quote keys and signatures in their messages.
 *
 * A secret is known as it is and in any letter case; escaped for JSON, URLs and HTML, also one within another; in hex; in base64 of either alphabet, also
 * as a part of a longer text; and by its beginning or its end from 8 characters on (or half of it, but 6). A token of less than 8 characters is known
 * where no letter or digit is next to it.
 */
export class Redaction {
  /** Truly private: printing an object that holds this one must not show them. */
  readonly #secrets = new Set<string>();
  readonly #index = new SecretIndex();
  readonly #recent = new Map<string, SecretForms>();

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret);
  }

  /** Knows a secret from now on. */
  add(secret: string): void {
    if (secret === "" || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#index.add(secret, secret.length < 4 ? SHORT_CONFIGURED : CONFIGURED);
  }

  /** Remembers a token for a while. */
  remember(token: string): void {
    if (token !== "") this.#keep(token, { pieces: true, encoded: true, wholeWord: token.length < SHORTEST_TOKEN });
  }

  /** Remembers what was added to a request to prove its sender. */
  rememberCredentials(before: PreparedRequest, after: PreparedRequest): void {
    const known = new Set(piecesOf(before));
    for (const piece of piecesOf(after)) {
      if (!known.has(piece) && !this.#recent.has(piece))
        this.#keep(piece, { pieces: UNIFORM.test(piece), encoded: false, wholeWord: false });
    }
  }

  /** The text with every secret replaced. */
  clean(text: string): string {
    return this.#index.replaceIn(text, "[redacted]");
  }

  #keep(secret: string, forms: SecretForms): void {
    const known = this.#recent.get(secret);
    this.#recent.delete(secret);
    this.#recent.set(secret, known ?? forms);
    if (known === undefined) this.#index.add(secret, forms);
    if (this.#recent.size <= REMEMBERED) return;
    for (const [oldest, formsOfOldest] of this.#recent) {
      this.#recent.delete(oldest);
      this.#index.remove(oldest, formsOfOldest);
      break;
    }
  }
}

function piecesOf({ url, headers, body }: PreparedRequest): string[] {
  return [url, ...Object.values(headers), body ?? ""].flatMap((text) => text.match(PIECE) ?? []);
}
