import { z } from "zod";
import type { HttpResponse } from "../../contract/http.js";
import type { FailureAction, FailureClassification } from "../../contract/failure-classification.js";
import { defineRecordings, type RecordingsOperation } from "../../contract/recordings.js";
import { wireText, wireTextOrNull } from "../../contract/wire.js";
import { wireMapped, wireObject, wireOptional } from "../../contract/wire-schema.js";

/** Documented: the object store of the addresses in the vendor's sample, `*.obs.*.myhuaweicloud.com`. */
const STORE_HOSTS = ["*.myhuaweicloud.com"];

/** The account's settings for the download of recordings. */
interface RecordingsSettings {
  endpoint: string;
  headers: Record<string, string>;
  /** Further hosts of recordings. */
  hosts: readonly string[];
}

const addressResponse = wireMapped(
  wireObject({ result: wireOptional(wireObject({ url: wireText })) }),
  "an address",
  ({ result }) => result?.url ?? z.INVALID,
  ["result", "url"],
);

/**
 * Returns the download of recordings. The vendor returns an address in its object store, which is valid for 5 minutes. A recording is identified by the
 * `callSerialNo` of its call.
 */
export function recordingsOperation({ endpoint, headers, hosts }: RecordingsSettings): RecordingsOperation {
  return defineRecordings({
    name: "getRecordingAddress",
    endpoint,
    hosts: [...STORE_HOSTS, ...hosts],
    locate: ({ call, recording }) => ({
      type: "lookup",
      request: {
        method: "POST",
        url: `${endpoint}/apiaccess/CC-Management/v1/mobileAgent/getRecordingAddress`,
        headers: { ...headers },
        body: { callSerialNo: recording.id ?? call.id },
      },
    }),
    lookup: { responseSchema: addressResponse, address: (address) => address },
    classify: classifyAddressResponse,
  });
}

interface Meaning {
  action: FailureAction;
  meaning: string;
}

const RETRY: FailureAction = { type: "retry" };
const VENDOR: FailureAction = { type: "fail", error: "vendor" };

/**
 * The documented return codes of `getRecordingAddress`. A code of a step that the vendor makes for this request is retried. A code of the vendor's configuration
 * is not, because only the vendor can change it.
 */
const codes: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["1", { action: RETRY, meaning: "the upload to the object store failed" }],
  ["3", { action: RETRY, meaning: "the virtual call centre (VDN) is unavailable" }],
  ["5", { action: { type: "fail", error: "recording-gone" }, meaning: "there is no recording of this call" }],
  ["6", { action: VENDOR, meaning: "there is no such virtual call centre" }],
  ["7", { action: VENDOR, meaning: "the vendor's SFTP server is not configured, or cannot be reached" }],
  ["8", { action: VENDOR, meaning: "the vendor's SFTP server is not configured, or cannot be reached" }],
  ["9", { action: VENDOR, meaning: "the vendor's SFTP server is not configured, or cannot be reached" }],
  ["10", { action: RETRY, meaning: "the recording is still at a temporary path" }],
  ["11", { action: RETRY, meaning: "the download from the platform failed" }],
  ["12", { action: { type: "fail", error: "request" }, meaning: "`callSerialNo` is too long" }],
  ["13", { action: VENDOR, meaning: "the recording is too large for the vendor to provide" }],
]);

const envelope = wireObject({ retCode: wireTextOrNull, retMsg: wireTextOrNull });

/** Classifies a return code. The page documents it as a number; a text is accepted too. The HTTP status is classified as for any other request. */
function classifyAddressResponse({ status, body }: HttpResponse): FailureClassification | null {
  const { retCode, retMsg } = envelope.safeParse(body).data ?? { retCode: null, retMsg: null };
  if (status !== 200 || retCode === null || retCode === "0") return null;
  const { action, meaning } = codes.get(retCode) ?? { action: VENDOR, meaning: null };
  const message = meaning === null || retMsg === null ? (meaning ?? retMsg) : `${meaning} (${retMsg})`;
  return { ...action, vendorCode: retCode, message };
}
