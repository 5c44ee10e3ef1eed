import {
  CallRecordsError,
  type CallRecordsClient,
  ConfigurationError,
  type Destination,
  type Provider,
  type SerializedError,
  type SyncToReport,
} from "../../index.js";
import { LeasedDestination } from "./leased-destination.js";
import type { SyncJobProgress } from "./sync-job.js";
import { kindOf } from "./thrown-text.js";

/** The failure of a pass, as far as the next one depends on it. */
export interface PassFailure {
  /** Contains no secret. */
  message: string;
  retryable: boolean;
  retryAfterMs: number | null;
  /** The error that was thrown, or the report's. */
  error: unknown;
}

/** The end of a pass. `progress` is null if nothing was read. */
export type PassResult =
  | { type: "done"; progress: SyncJobProgress }
  | { type: "lease-taken" }
  /** The worker closes. */
  | { type: "aborted" }
  | { type: "failed"; progress: SyncJobProgress | null; failure: PassFailure };

/** The arguments of a pass. */
export interface PassArguments {
  from: string;
  settleSeconds: number | undefined;
  raw: boolean | undefined;
  signal: AbortSignal;
  onProgress: (progress: SyncJobProgress) => void;
}

/** Runs one pass of one account, which is in the client during the pass only. */
export async function runPass(
  client: CallRecordsClient,
  provider: Provider,
  destination: Destination,
  { onProgress, ...args }: PassArguments,
): Promise<PassResult> {
  const { account } = provider;
  const leased = new LeasedDestination(destination);
  client.addProvider(provider);
  try {
    const result = await client.syncTo(leased, {
      ...args,
      accounts: [account],
      onWrite: (report) => {
        onProgress(progressOf(report));
      },
    });
    const progress = progressOf(result);
    const { error } = progress.report;
    if (leased.isLeaseTaken) return { type: "lease-taken" };
    if (error === undefined) return { type: "done", progress };
    return { type: "failed", progress, failure: failureOf(error, leased.hasFailed) };
  } catch (error) {
    if (leased.isLeaseTaken) return { type: "lease-taken" };
    if (args.signal.aborted) return { type: "aborted" };
    return { type: "failed", progress: null, failure: thrownFailure(account, "destination", error) };
  } finally {
    await client.removeProvider(account);
  }
}

/** Returns the provider of an account. @throws ConfigurationError when it is not a provider of this account; the error of the function. */
export async function providerOf(
  account: string,
  provider: (account: string) => Provider | Promise<Provider>,
): Promise<Provider> {
  const found: unknown = await provider(account);
  const label = typeof found === "object" && found !== null && "account" in found ? found.account : undefined;
  if (isProvider(found) && label === account) return found;
  const rule =
    typeof label === "string"
      ? `it returned a provider with the label \`${label}\`. Pass the account as its option \`account\``
      : "it must return a provider, such as itniotech({ account, … })";
  throw new ConfigurationError(`startSyncWorker: option \`provider\`: for the account \`${account}\`, ${rule}.`, {
    account,
  });
}

/**
 * Returns the failure for a value that was thrown. An error of another library is repeated: nothing shows that it is permanent, and its message may
 * contain a secret.
 */
export function thrownFailure(account: string, option: string, error: unknown): PassFailure {
  if (error instanceof CallRecordsError) {
    const { message, retryable, retryAfterMs } = error;
    return { message, retryable, retryAfterMs, error };
  }
  const message = `${account}: the option \`${option}\` of startSyncWorker failed (${kindOf(error)}). The callback \`onError\` has the error.`;
  return { message, retryable: true, retryAfterMs: null, error };
}

function failureOf(error: SerializedError, isTemporary: boolean): PassFailure {
  const { message, retryable, retryAfterMs } = error;
  return { message, retryable: retryable || isTemporary, retryAfterMs, error };
}

function progressOf({ accounts, inserted, updated }: SyncToReport): SyncJobProgress {
  const [report] = accounts;
  if (report === undefined) throw new RangeError("A pass of one account has one report.");
  return { report, inserted, updated };
}

function isProvider(value: unknown): value is Provider {
  return typeof value === "object" && value !== null && "id" in value && "operations" in value;
}
