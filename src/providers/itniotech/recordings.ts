import { URL } from "node:url";
import type { HttpResponse } from "../../contract/http.js";
import type { FailureClassification } from "../../contract/failure-classification.js";
import type { RecordingsOperation } from "../../contract/recordings.js";
import { classify } from "./classify.js";

/** The account's settings for the download of recordings. */
interface RecordingsSettings {
  endpoint: string;
  /** Path of the download below the endpoint. */
  path: string;
  /** Further hosts of recordings. */
  hosts: readonly string[];
}

/**
 * Returns the download of recordings. The API sends the audio of a path (`voiceUrl`) itself. The vendor documents paths only. A `voiceUrl` that is an absolute
 * URL is requested without credentials, because it may be on another server.
 */
export function recordingsOperation({ endpoint, path, hosts }: RecordingsSettings): RecordingsOperation {
  return {
    name: path,
    endpoint,
    hosts: [...new Set([new URL(endpoint).hostname, ...hosts])],
    locate: ({ recording: { id, url } }) =>
      url === null
        ? { type: "api", request: { method: "GET", url: `${endpoint}${path}`, query: { voiceFileId: id ?? "" } } }
        : { type: "address", url },
    classify: classifyRecording,
  };
}

/** Classifies a response without audio. The vendor documents status 500 with plain text, and JSON with a status. */
function classifyRecording(response: HttpResponse): FailureClassification | null {
  const found = classify(response);
  if (found?.vendorCode === "-24") return { ...found, type: "fail", error: "recording-gone" };
  if (response.status !== 404) return found;
  // Not documented: a wrong path and a recording that is gone may look alike. An unknown path must not be reported as a recording that is gone.
  const message = "there is no such path: check the options `endpoint` and `recordingPath`";
  return { type: "fail", error: "vendor", vendorCode: found?.vendorCode ?? "HTTP 404", message };
}
