import { createHmac } from "node:crypto";
import { URLSearchParams } from "node:url";
import type { Vendor, VendorRequest, VendorResponse } from "../vendor.js";
import { audioResponse, type StoredAudio } from "./audio-response.js";

/** The operation name of a request to an object store. */
export const STORE_OPERATION = "recording";

/** Headers that must never reach a server other than the vendor's API. */
const CREDENTIALS = [
  "authorization",
  "cookie",
  "x-app-key",
  "api-key",
  "sign",
  "timestamp",
  "x-tc-token",
  "x-tc-action",
];
/** It signs nothing of value: the addresses are valid in one emulator only. */
const SIGNING_KEY = "emulated-object-store";

/** The settings of the object store of one account. */
export interface StoreSettings {
  account: string;
  /** Returns the base URL of the server, which starts after the vendors are created. */
  endpoint: () => string;
  now: () => number;
  /** Seconds for which an address is valid. */
  addressSeconds: number;
  /** Whether the server sends parts of recordings. */
  hasRanges: boolean;
}

/** An object store with signed addresses, on another host than the vendor's API. */
export class RecordingStore implements Vendor {
  private issued = 0;

  /** @param find returns the recording with a path; null where there is none. */
  constructor(
    private readonly settings: StoreSettings,
    private readonly find: (path: string) => StoredAudio | null,
  ) {}

  operationOf(): string {
    return STORE_OPERATION;
  }

  /** Returns a signed address of a path. */
  addressOf(path: string): string {
    const { account, endpoint, now, addressSeconds } = this.settings;
    const expires = String(Math.floor(now() / 1000) + addressSeconds);
    // As a real signature, it differs each time.
    this.issued += 1;
    const signature = signatureOf(path, account, expires);
    const query = new URLSearchParams({ account, expires, nonce: String(this.issued), signature });
    return `${endpoint()}${path}?${query.toString()}`;
  }

  respond(request: VendorRequest): VendorResponse {
    const { account, now, hasRanges } = this.settings;
    const { method, path, query, headers } = request;
    const sent = CREDENTIALS.filter((name) => headers[name] !== undefined);
    if (sent.length > 0) return storeRefusal(400, "CredentialsSent", `The request has the headers ${sent.join(", ")}.`);
    if (method !== "GET") return storeRefusal(405, "MethodNotAllowed", "The method is not allowed.");
    const parameters = new URLSearchParams(query);
    const expires = parameters.get("expires") ?? "";
    if (parameters.get("signature") !== signatureOf(path, account, expires))
      return storeRefusal(403, "SignatureDoesNotMatch", "The signature does not match.");
    if (Number(expires) * 1000 <= now()) return expiredAddress();
    const stored = this.find(path);
    return stored === null ? missingRecording() : audioResponse(stored, request, STORE_OPERATION, hasRanges);
  }
}

/** Returns the account that an address names; null if it names none. */
export function accountOfAddress({ query }: VendorRequest): string | null {
  return new URLSearchParams(query).get("account");
}

export const expiredAddress = (): VendorResponse => storeRefusal(403, "AccessDenied", "Request has expired");

export const missingRecording = (): VendorResponse =>
  storeRefusal(404, "NoSuchKey", "The specified key does not exist.");

function storeRefusal(status: number, code: string, message: string): VendorResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, contentType: "application/xml", body, operation: STORE_OPERATION, refusal: code };
}

function signatureOf(path: string, account: string, expires: string): string {
  return createHmac("sha256", SIGNING_KEY).update([path, account, expires].join("\n")).digest("hex");
}
