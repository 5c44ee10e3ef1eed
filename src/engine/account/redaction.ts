import type { PreparedRequest } from "../../contract/http.js";
import { type SecretForms, SecretIndex } from "./secret-index.js";

/** The number of recent signatures and tokens that are kept: those of requests whose responses may still arrive. */
const MAX_RECENT = 500;
/** A text that is long enough to be a signature or a token. The name before it (`Signature=…`) is left out, because vendors quote the value alone. */
const PIECE = /[\w+/-]{16,}/g;
/** A signature of letters and digits only, whose parts occur in no other text. Others contain dates and names, which do. */
const UNIFORM = /^[A-Za-z0-9]+$/;
/** Shorter tokens occur in any text by chance. */
const MIN_TOKEN_LENGTH = 8;

const CONFIGURED: SecretForms = { pieces: true, encoded: true, wholeWord: false };
/** Encodings and parts of a secret of less than four characters would match in every text. */
const SHORT_CONFIGURED: SecretForms = { pieces: false, encoded: false, wholeWord: false };

/**
 * Removes secrets from text of external origin: vendors quote keys and signatures in their messages.
 *
 * A secret is found
 * - as it is, in any letter case
 * - escaped for JSON, URLs and HTML, also nested
 * - in hex, and in base64 of either alphabet, also as a part of a longer text
 * - by its beginning or its end, from 8 characters on (or from half of its length, at least 6)
 *
 * A token of less than 8 characters is found only where no letter or digit is next to it. A short part of a secret that consists of digits is not found within
 * a longer number, which is more likely an id.
 */
export class Redaction {
  /** Truly private, so that printing an object that holds this one does not show them. */
  readonly #secrets = new Set<string>();
  readonly #index = new SecretIndex();
  readonly #recent = new Map<string, SecretForms>();

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret);
  }

  /** Adds a secret permanently. */
  add(secret: string): void {
    if (secret === "" || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    this.#index.add(secret, secret.length < 4 ? SHORT_CONFIGURED : CONFIGURED);
  }

  /** Adds a token. It is forgotten after a number of later tokens and signatures. */
  remember(token: string): void {
    if (token !== "") this.#keep(token, { pieces: true, encoded: true, wholeWord: token.length < MIN_TOKEN_LENGTH });
  }

  /** Adds the credentials that signing added to a request. */
  rememberCredentials(before: PreparedRequest, after: PreparedRequest): void {
    const known = new Set(piecesOf(before));
    for (const piece of piecesOf(after)) {
      if (!known.has(piece) && !this.#recent.has(piece))
        this.#keep(piece, { pieces: UNIFORM.test(piece), encoded: false, wholeWord: false });
    }
  }

  /** Returns the text with every secret replaced. */
  clean(text: string): string {
    return this.#index.replaceIn(text, "[redacted]");
  }

  #keep(secret: string, forms: SecretForms): void {
    const known = this.#recent.get(secret);
    this.#recent.delete(secret);
    this.#recent.set(secret, known ?? forms);
    if (known === undefined) this.#index.add(secret, forms);
    if (this.#recent.size <= MAX_RECENT) return;
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
