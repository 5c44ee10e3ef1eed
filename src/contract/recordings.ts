import type { ZodType } from "zod";
import type { CallRecord, Recording } from "../model/call-record.js";
import type { FailureClassification } from "./failure-classification.js";
import type { HttpRequest, HttpResponse } from "./http.js";

/** The call of a recording, as far as it is needed to request the recording. */
export interface RecordedCall extends Pick<CallRecord, "application" | "id" | "relatedIds" | "recordings"> {
  /** The time at which the call began, or null. */
  startedAt: Date | null;
  /** The time at which the call ended, or null. */
  endedAt: Date | null;
  /** The recordings of each leg, in the order of the legs. */
  legs: readonly {
    /** The recordings of the leg. */
    recordings: Recording[];
  }[];
}

/** One recording to request. */
export interface RecordingQuery {
  /** The call. */
  call: RecordedCall;
  /** One of the recordings of the call or of its legs. */
  recording: Recording;
  /** The position of the leg that has the recording, from 0; null for a recording of the whole call. */
  leg: number | null;
  /** The time by the vendor's clock, for requests that are limited to the past. */
  now: Date;
}

/** The source of the audio. */
export type RecordingSource =
  | {
      /** The vendor's API returns the audio itself. The request is authorized and paced like any other. */
      type: "api";
      /** The request, without credentials. */
      request: HttpRequest;
    }
  | {
      /** The vendor's API returns an address of the audio. The request is authorized and paced; the address is requested without credentials. */
      type: "lookup";
      /** The request for the address, without credentials. */
      request: HttpRequest;
    }
  | {
      /** The record contains an address of the audio. It is requested without credentials. */
      type: "address";
      /** The address. */
      url: string;
    };

/** The recordings of a vendor: data and pure functions. The engine sends, waits, retries and checks every address. */
export interface RecordingsOperation<Response = unknown> {
  /** The vendor's name of the operation, such as `getRecordingAddress`. */
  name: string;
  /** Base URL of the vendor's API; null where the user's own client determines it. If it is on this machine, addresses may be too, also with plain http. */
  endpoint: string | null;
  /** The hosts of addresses: names such as `records.example.com`, and suffixes such as `*.example.com`. An address on another host is an error. */
  hosts: readonly string[];
  /** Whether an address with plain http is requested with https instead. Default false: it is an error. */
  upgradesHttp?: boolean | undefined;
  /** Returns where the audio is. Pure. */
  locate(query: RecordingQuery): RecordingSource;
  /** The response to a request of type `lookup`. Required where `locate` returns one. */
  lookup?: {
    /** Parses the body of the response. */
    responseSchema: ZodType<Response>;
    /** Returns the address of the recording in the response; null where the vendor no longer has the recording. Pure. */
    address(response: Response, query: RecordingQuery): string | null;
  };
  /**
   * Classifies a response to a request of type `api` or `lookup` before the provider's `classify` does. Null for a success, and where that function or the HTTP
   * status is sufficient. A recording that the vendor no longer has is `{ type: "fail", error: "recording-gone" }`.
   */
  classify?(response: HttpResponse): FailureClassification | null;
}

/**
 * Makes a recordings operation from its declarations. `lookup.address` takes the type that `lookup.responseSchema` returns.
 * @returns the same object.
 */
export function defineRecordings<Response>(declarations: RecordingsOperation<Response>): RecordingsOperation {
  return declarations;
}
