import type { EmulatorCredentials, VendorEmulator } from "call-records/testing";
import type { PassProcess } from "../../kill/pass-process.js";

/** One run of the archive, in its own process. */
export interface Pass {
  endpoints: VendorEmulator["endpoints"];
  credentials: EmulatorCredentials;
  /** The current time of the vendors. */
  now: number;
  /** The start of the archived range, which ends now. */
  from: number;
  /** The folder of the archive, which exists. */
  directory: string;
  /** The delay of each 8 KiB of audio, in milliseconds; 0 for none. */
  delayMs: number;
}

/**
 * A message from the process. `opened`: the headers of a recording have arrived; `received`: its last byte has; `noted`: the manifest was written, but is perhaps
 * not on the disk yet; `archived`: the run has reported one more recording.
 */
export type ArchiverMessage =
  | { event: "ready" | "started" }
  | { event: "opened" | "received" | "noted" | "archived"; number: number }
  | { event: "done"; fetched: number; kept: number; missing: string[] }
  | { event: "failed"; text: string };

/** A process that archives recordings. */
export type Archiver = PassProcess<Pass, ArchiverMessage>;
