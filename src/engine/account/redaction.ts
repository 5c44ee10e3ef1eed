/** Removes secrets from text that comes from outside: vendors quote keys and signatures in their messages. */
export class Redaction {
  /** Truly private: printing an object that holds this one must not show them. */
  readonly #secrets = new Set<string>();

  constructor(secrets: readonly string[]) {
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string): void {
    if (secret !== "") this.#secrets.add(secret);
  }

  /** The text with every secret, as it is and as a URL writes it, replaced. */
  clean(text: string): string {
    let cleaned = text;
    for (const secret of this.#secrets) {
      for (const form of new Set([secret, encodeURIComponent(secret)])) cleaned = cleaned.replaceAll(form, "[redacted]");
    }
    return cleaned;
  }
}
