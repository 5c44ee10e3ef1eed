import { readFile } from "node:fs/promises";
import { URL } from "node:url";
import { z } from "zod";
import { type CapturedAccount, type CapturedOperation, captureSchema } from "../../capture/capture-format.js";
import {
  type BuiltInProvider,
  CallRecordsClient,
  type ClientOptions,
  RequestError,
  type Transport,
} from "../../index.js";
import { refuseFixedOptions } from "../fixed-client-options.js";
import { emulatorSettings } from "../options.js";
import { createTestClock } from "../test-clock.js";
import { definitionOf, VENDOR_IDS, type VendorId } from "../vendors.js";
import { endpointOf, ReplayTransport } from "./replay-transport.js";

/** An operation of a captured account. */
export interface ReplayedOperation {
  /** The method of the client. */
  name: CapturedOperation["name"];
  /** The arguments with which the replay returns the captured responses, all of them if `omittedRows` is 0: `from` and `to` in ISO 8601, or the masked keys of `findCall`. */
  arguments: Readonly<Record<string, string>>;
  /** `complete`; `limited` if it needed more requests than a capture sends; else the code of the error, such as `permission`. */
  result: string;
  /**
   * Number of rows that the capture left out. If it is not 0, a replay has a part of the rows. The client requests the others too, so that even with these arguments
   * the operation ends with a `RequestError` or an `IncompleteError`. With `isolateFailures: true`, `records` returns the rows that the file has.
   */
  omittedRows: number;
}

/** An account of a capture. */
export interface ReplayedAccount {
  /** The id of the vendor. */
  provider: VendorId;
  /** The label in the capture, such as `tencent-ccc-1`. */
  account: string;
  /** In the order in which they were captured. */
  operations: readonly ReplayedOperation[];
}

/** Options of a client for a replay: those of `CallRecordsClient` except `providers` and `transport`. The default `clock` is a test clock that starts at the time of the capture. */
export type ReplayClientOptions = Omit<ClientOptions, "providers" | "transport">;

/** A capture file that can be read as if it were the vendors. */
export interface CaptureReplay {
  /** The start of the capture. */
  readonly capturedAt: Date;
  /** The captured accounts and operations. */
  readonly accounts: readonly ReplayedAccount[];
  /** Returns the captured responses. A request that the file does not contain causes a `RequestError` whose `vendorCode` is `NOT_CAPTURED`. */
  readonly transport: Transport;
  /** Returns new providers for the captured accounts, whose requests `transport` accepts. */
  providers(): BuiltInProvider[];
  /** Returns a new client of the captured accounts. @throws ConfigurationError as the constructor of `CallRecordsClient`, and when `providers` or `transport` is set. */
  client(options?: ReplayClientOptions): CallRecordsClient<BuiltInProvider>;
}

/**
 * Reads a file that `call-records doctor --capture` wrote, and returns its responses to matching requests. Requests match if they have the same method, path,
 * operation and parameters. Times may differ by five minutes, and credentials are not compared.
 * @example
 * const replay = await replayCapture("capture.json");
 * const client = replay.client();
 * for (const { account, operations } of replay.accounts)
 *   for (const { name, arguments: { from = "", to = "" } } of operations)
 *     if (name === "records") console.log(await client.records({ accounts: [account], from, to, isolateFailures: true }).toArray({ max: 1000 }));
 * @throws RangeError when `file` is neither a path nor a URL; RequestError when the file is not a capture, or contains a vendor that this version does not have; the errors of the file system.
 */
export async function replayCapture(file: string | URL): Promise<CaptureReplay> {
  // Node would read a number as an open file.
  if (typeof file !== "string" && !URL.canParse(String(file)))
    throw new RangeError("replayCapture: argument `file` must be a path or a file: URL.");
  const { capturedAt, accounts } = readCapture(await readFile(file, "utf8"), String(file));
  const transport = new ReplayTransport(accounts);
  const providers = () => accounts.map(providerOf);
  return {
    capturedAt: new Date(capturedAt),
    accounts: accounts.map(({ provider, account, operations }) => ({
      provider,
      account,
      operations: operations.map(({ name, arguments: args, result, omittedRows }) => ({
        name,
        arguments: args,
        result,
        omittedRows,
      })),
    })),
    transport,
    providers,
    client(options) {
      refuseFixedOptions(options, ["providers", "transport"]);
      const clock = options?.clock ?? createTestClock({ now: capturedAt });
      return new CallRecordsClient<BuiltInProvider>({ ...options, clock, providers: providers(), transport });
    },
  };
}

type KnownAccount = CapturedAccount & { provider: VendorId };

function readCapture(text: string, file: string): { capturedAt: string; accounts: KnownAccount[] } {
  const fail = (reason: string) =>
    new RequestError(`replayCapture: ${file} is not a file that \`call-records doctor --capture\` wrote: ${reason}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fail("it is not JSON.");
  }
  const read = captureSchema.safeParse(json);
  if (!read.success) throw fail(z.prettifyError(read.error));
  const { capturedAt, accounts } = read.data;
  return {
    capturedAt,
    accounts: accounts.map((account) => {
      const provider = VENDOR_IDS.find((id) => id === account.provider);
      if (provider === undefined) throw fail(`this version has no vendor \`${account.provider}\`.`);
      return { ...account, provider };
    }),
  };
}

/** Returns a provider with the emulator's keys, which the capture does not contain. */
function providerOf({ provider, account, timeZone, applications }: KnownAccount): BuiltInProvider {
  const settings = emulatorSettings(applications.length === 0 ? {} : { sdkAppIds: applications.map(Number) });
  return definitionOf(provider)
    .setUp(settings)
    .provider({ account, endpoint: endpointOf(account), rate: { requestsPerSecond: 1000 }, timeZone });
}
