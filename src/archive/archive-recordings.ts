import type { z } from "zod";
import type { CallRecordsClient } from "../client.js";
import { errorCodeOf } from "../files/error-code.js";
import type { CallRecord, Recording } from "../model/call-record.js";
import { CallRecordsError, RecordingGoneError, RequestError } from "../model/errors.js";
import { clientSchema, readArguments, readRange } from "../operations/arguments.js";
import { type ArchiveArguments, archiveSchema } from "./archive-arguments.js";
import { ArchiveFolder, type EntryStart } from "./archive-folder.js";
import type { ArchiveReport } from "./archive-report.js";
import { recordingIdentity, recordingPath } from "./recording-path.js";

const OPERATION = "archiveRecordings";

/** The methods of a client that an archive uses. */
type ArchiveClient = Pick<CallRecordsClient, "records" | "openRecording" | "capabilities">;
const argument = clientSchema<ArchiveClient>("records", "openRecording", "capabilities");

/** The codes of errors after which no other recording of the account can be fetched either. */
const FATAL: ReadonlySet<string> = new Set(["authentication", "configuration", "unsupported", "aborted"]);

/**
 * Downloads the recordings of a range of calls to a folder: each to one file, whose path `recordingPath` returns. `manifest.ndjson` lists them, with their size
 * and SHA-256. The oldest recordings are fetched first, because vendors delete them first.
 *
 * A run may be killed at any moment. The next run fetches what is missing, and nothing else. No file is partial, and each file has a line in the manifest. A
 * recording that is gone has a line too, and is not requested again. Remove its line to try it again.
 * @param client the client with the accounts.
 * @returns the numbers of recordings, and what is missing.
 * @example
 * const { fetched, gone, failed } = await archiveRecordings(client, { ...month("2026-10", "Asia/Shanghai"), directory: "recordings" });
 * console.log(fetched, gone.length, failed);
 * @throws RequestError when an argument is wrong, or no account has recordings; CheckpointError when the folder is in use, or its manifest is damaged or of
 * another version; the errors of the file system, such as `ENOSPC`; the CallRecordsError of a failure that concerns the whole account.
 */
export async function archiveRecordings(
  client: Pick<CallRecordsClient, "records" | "openRecording" | "capabilities">,
  options: ArchiveArguments,
): Promise<ArchiveReport> {
  const checked = readArguments(OPERATION, argument, { client }).client;
  const args = readArguments(OPERATION, archiveSchema, options);
  const accounts = accountsOf(checked, args.accounts);
  const range = readRange(OPERATION, args);
  const folder = await ArchiveFolder.open(args.directory);
  try {
    return await new ArchiveRun(checked, folder, args).run(range, accounts);
  } catch (error) {
    throw withAdvice(error, args.directory);
  } finally {
    await folder.close();
  }
}

/** Returns the accounts with recordings. @throws RequestError when there is none. */
function accountsOf(client: ArchiveClient, labels: readonly string[] | undefined): string[] {
  // An account that the caller names is not left out: if it has no recordings, opening one states the reason.
  if (labels !== undefined) return [...labels];
  const accounts = client.capabilities().flatMap(({ account, recordings }) => (recordings === null ? [] : [account]));
  if (accounts.length > 0) return accounts;
  throw new RequestError(`${OPERATION}: no account of the client has recordings.`);
}

/** One run of an archive: reads the calls, and fetches their recordings, several at a time. */
class ArchiveRun {
  private readonly report: ArchiveReport = { fetched: 0, bytes: 0, kept: 0, gone: [], failed: [], accounts: [] };
  private readonly running = new Set<Promise<void>>();
  /** Ends the downloads when the run fails. */
  private readonly ending = new AbortController();
  private failure: { error: unknown } | null = null;

  constructor(
    private readonly client: ArchiveClient,
    private readonly folder: ArchiveFolder,
    private readonly args: z.output<typeof archiveSchema>,
  ) {}

  async run(range: { from: number; to: number }, accounts: string[]): Promise<ArchiveReport> {
    const { signal, isolateFailures, beforeRetention, unreadableRows, concurrency } = this.args;
    const stop = () => {
      this.ending.abort();
    };
    signal?.addEventListener("abort", stop, { once: true });
    const stream = this.client.records({
      ...{ from: new Date(range.from), to: new Date(range.to), accounts, order: "time", raw: false },
      ...{ signal, isolateFailures, beforeRetention, unreadableRows },
    });
    try {
      for await (const call of stream) {
        for (const recording of recordingsOf(call)) {
          while (this.running.size >= concurrency) await Promise.race(this.running);
          this.throwFailure();
          this.start(call, recording);
        }
      }
    } catch (error) {
      this.failure ??= { error };
      stop();
    } finally {
      await Promise.all(this.running);
      signal?.removeEventListener("abort", stop);
    }
    this.throwFailure();
    this.report.accounts = stream.report().accounts;
    return this.report;
  }

  private start(call: CallRecord, recording: Recording): void {
    const work = this.archive(call, recording)
      .catch((error: unknown) => {
        this.failure ??= { error };
        this.ending.abort();
      })
      .finally(() => {
        this.running.delete(work);
      });
    this.running.add(work);
  }

  private async archive(call: CallRecord, recording: Recording): Promise<void> {
    const { report, folder } = this;
    const { account, application, id: callId } = call;
    const path = recordingPath(call, recording);
    const start: EntryStart = { path, account, application, callId, recordingId: recording.id, kind: recording.kind };
    const known = await folder.find(path);
    if (known !== null) {
      if (known.gone === null) report.kept += 1;
      else report.gone.push(known);
      return;
    }
    try {
      const opened = await this.client.openRecording(call, { recording, signal: this.ending.signal });
      const { bytes } = await folder.store(start, opened);
      report.fetched += 1;
      report.bytes += bytes ?? 0;
    } catch (error) {
      if (error instanceof RecordingGoneError) report.gone.push(await folder.noteGone(start, error.message));
      else if (error instanceof CallRecordsError && !FATAL.has(error.code))
        report.failed.push({ path, account, callId, error: error.toJSON() });
      else throw error;
    }
    this.args.onProgress?.(report);
  }

  private throwFailure(): void {
    if (this.failure !== null) throw this.failure.error;
  }
}

/** Returns each recording of a call once. A company's copy has the same id as the vendor's recording, which comes first. */
function recordingsOf(call: CallRecord): Recording[] {
  const all = [...call.recordings, ...call.legs.flatMap(({ recordings }) => recordings)];
  return [
    ...new Map([...all].reverse().map((one) => [JSON.stringify(recordingIdentity(one)), one])).values(),
  ].reverse();
}

/** Returns the error of a full disk with what to do. Other errors stay as they are. */
function withAdvice(error: unknown, directory: string): unknown {
  const code = errorCodeOf(error);
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  const message = `${OPERATION}: the disk of ${directory} is full (${code}). Free some space and run it again: it continues with the recordings that are missing.`;
  return Object.assign(new Error(message, { cause: error }), { code });
}
