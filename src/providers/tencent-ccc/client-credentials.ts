import { z } from "zod";
import type { TencentCccClient } from "./options.js";

const text = z.string().min(1).optional().catch(undefined);
/** Where the clients of Tencent's SDK keep what they sign with; also where they take it anew from time to time. */
const clientSchema = z.object({ credential: z.object({ secretId: text, secretKey: text, token: text }) });

/** The credentials that a client holds, as far as it shows them. */
export function credentialsOf(client: TencentCccClient | undefined): string[] {
  try {
    const { secretId, secretKey, token } = clientSchema.safeParse(client).data?.credential ?? {};
    return [secretId, secretKey, token].filter((secret) => secret !== undefined);
  } catch {
    // A getter of the client's own threw.
    return [];
  }
}

/** Long, and without spaces. */
const LONG_PIECE = /[\w+/=-]{16,}/g;

/** The words of a client whose credentials are not known, without what may be a key, a token or a signature: long pieces of letters and digits. */
export function withoutCredentials(words: string): string {
  return words.replace(LONG_PIECE, (piece) => (/[0-9]/.test(piece) && /[A-Za-z]/.test(piece) ? "[redacted]" : piece));
}
