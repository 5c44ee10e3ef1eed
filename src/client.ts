import type { z } from "zod";
import {
  type AccountsArgument,
  type DefaultArguments,
  type PolicyArguments,
  readArguments,
  unknownAccount,
  withDefaults,
} from "./operations/arguments.js";
import { type AccountCapabilities, capabilitiesOf } from "./operations/capabilities.js";
import { addedProviderSchema, type ClientOptions, optionsSchema } from "./client-options.js";
import { emitterOf } from "./engine/account/emitter.js";
import { parseOptions } from "./contract/parse-options.js";
import { redactInspection } from "./contract/redact-inspection.js";
import type { Provider } from "./contract/provider.js";
import { allowManyListeners } from "./engine/account/abort.js";
import { AccountSession } from "./engine/account/account-session.js";
import type { Services } from "./engine/account/services.js";
import { type ActiveCallsReport, activeCallsSchema, readActiveCalls } from "./operations/active-calls.js";
import { Invocation, type Policy } from "./operations/invocation.js";
import type { EngineClock } from "./engine/account/clock.js";
import { systemClock } from "./engine/account/system-clock.js";
import { engineClockOf } from "./engine/account/engine-clock.js";
import { findCall } from "./operations/find-call/find-call.js";
import { type FindCallQuery, findCallSchema } from "./operations/find-call/find-call-arguments.js";
import { HttpTransport } from "./engine/http/http-transport.js";
import { sessionForCall } from "./engine/lists/discovery.js";
import { LocalRateLimiter } from "./engine/account/rate-limiter.js";
import { type NormalizeContext, normalizeRow } from "./operations/normalize.js";
import {
  type AccountApplication,
  listApplications,
  type ListApplicationsArguments,
  listApplicationsSchema,
} from "./operations/list-applications.js";
import { readPush, type ReadPush, type ReceivedPush } from "./operations/read-push.js";
import { probeAccount, type ProbeArguments, probeSchema } from "./operations/probe/probe.js";
import {
  openRecording,
  type OpenRecordingArguments,
  type OpenedRecording,
  openRecordingSchema,
} from "./operations/open-recording.js";
import { accountOfCall, type CallWithRecordings } from "./operations/recorded-call.js";
import type { RecordStream } from "./operations/records/record-stream.js";
import { openRecords } from "./operations/records/records.js";
import { type RecordsQuery, recordsSchema } from "./operations/records/records-arguments.js";
import { MemoryTokenStore, Tokens } from "./engine/account/tokens.js";
import type { SyncCheckpoint } from "./engine/checkpoints/checkpoint.js";
import type { CheckpointStore } from "./engine/checkpoints/checkpoint-store.js";
import { openSync } from "./operations/sync/sync.js";
import { coverageSchema, type SyncArguments, syncSchema } from "./operations/sync/sync-arguments.js";
import { readCoverage, type SyncCoverage } from "./operations/sync/sync-coverage.js";
import type { Destination } from "./operations/sync/destination.js";
import { readDestination } from "./operations/sync/read-destination.js";
import { syncTo, type SyncToArguments, type SyncToReport, syncToSchema } from "./operations/sync/sync-to.js";
import type { SyncStream } from "./operations/sync/sync-stream.js";
import { readUsage, type UsageArguments, type UsageReport, usageSchema } from "./operations/usage/usage.js";
import type { CallRecord, FoundCall } from "./model/call-record.js";
import { AbortedError, ConfigurationError, RequestError } from "./model/errors.js";
import type { ProbeReport } from "./model/probe-report.js";

/** The policy of an operation on one account, which has no such arguments. */
const ONE_ACCOUNT = { isolateFailures: false, beforeRetention: "throw", unreadableRows: "throw" } as const;

/**
 * Reads call records, usage and active calls of several accounts at several vendors, in one format.
 *
 * A client keeps the request rate, the token and the clock correction of each account. Create one client and reuse it.
 */
export class CallRecordsClient<Providers extends Provider = Provider> {
  // Private at runtime too, so that printing all fields of the object shows no credentials, tokens or proxies.
  readonly #sessions = new Map<string, AccountSession>();
  readonly #services: Services;
  /** The client's own transport, which `close` closes. A transport from the options may be shared with others. */
  readonly #http: HttpTransport;
  readonly #clock: EngineClock;
  readonly #closing = new AbortController();
  readonly #defaults: DefaultArguments;
  readonly #maxRecordingBytes: number;

  /**
   * Creates a client. Sends no request.
   * @throws ConfigurationError when an option is missing, wrong or unknown, or two providers have the same account label. The message names each of them.
   */
  constructor(options: ClientOptions<Providers>) {
    const read = parseOptions("CallRecordsClient", optionsSchema, options);
    // Every active operation listens to this signal, so a large number of listeners is no leak.
    allowManyListeners(this.#closing.signal);
    this.#defaults = read.defaults;
    this.#maxRecordingBytes = read.maxRecordingBytes;
    this.#clock = engineClockOf(read.clock ?? systemClock);
    this.#http = new HttpTransport(read);
    this.#services = {
      transport: read.transport ?? this.#http,
      clock: this.#clock,
      rateLimiter: read.rateLimiter ?? new LocalRateLimiter(this.#clock),
      tokens: new Tokens(read.tokenStore ?? new MemoryTokenStore(), this.#clock, read.timeoutMs),
      timeoutMs: read.timeoutMs,
      attempts: read.retry.attempts,
      random: read.random ?? Math.random,
      emit: emitterOf(read.onEvent, this.#clock),
    };
    for (const provider of read.providers) this.open("CallRecordsClient", provider);
    redactInspection(this, () => `CallRecordsClient (accounts ${[...this.#sessions.keys()].join(", ")})`);
  }

  /**
   * Returns a stream of the calls that started in `[from, to)`. It never repeats a call. Within `coverage` of its report, it delivers each call exactly once.
   * Requests are sent only while the stream is read.
   * @example
   * const stream = client.records({ ...day("2026-10-31", "Asia/Shanghai"), order: "time" });
   * for await (const call of stream) console.log(call.account, call.startedAt, call.outcome);
   * console.log(stream.report());
   * @throws RequestError when an argument is wrong; RetentionError when the range begins before a vendor's retention. The stream throws the other failures when
   * it is read.
   */
  records(query: RecordsQuery<Providers>): RecordStream {
    const read = this.read("records", recordsSchema, query);
    const providers = [...this.#sessions.values()].map(({ provider }) => provider);
    return openRecords(this.select("records", read.accounts), read, providers, this.invoke(read));
  }

  /**
   * Returns the usage in `[from, to)`: one summary for each account, application and period.
   * @example
   * const { summaries } = await client.usage({ ...month("2026-10", "Asia/Shanghai"), by: "day" });
   * for (const { account, from, minutes, complete } of summaries) console.log(account, from, minutes.outbound, complete);
   * @throws RequestError when an argument is wrong; UnsupportedError when the vendor's own count is requested and the vendor of an account has none (see
   * `source`); RetentionError when the range begins before a vendor's retention; the CallRecordsError of the first failure, unless failures are isolated.
   */
  async usage(query: UsageArguments): Promise<UsageReport> {
    const read = this.read("usage", usageSchema, query);
    return readUsage(this.select("usage", read.accounts), read, this.invoke(read));
  }

  /**
   * Returns the batches of one pass that updates your copy of the call records. The pass reads the intervals that are not complete yet. It delivers the calls that
   * are new or have changed since the last commit. It does not report calls that the vendor has deleted.
   *
   * With a store, a batch is committed by `forEach`, after its callback has resolved, or by `await batch.commit()`. Reading the next batch commits nothing.
   *
   * Delivery is at least once: a batch that was not committed is delivered again in the next pass. Your copy contains each call exactly once if you upsert by
   * account, application and id (see `callKey`), or store `batch.checkpoint` in the same transaction as the rows.
   *
   * No request is sent, and no store is opened, before the stream is read.
   * @example
   * const store = new FileCheckpointStore("calls.checkpoint");
   * await client.sync({ from: "2026-10-01T00:00:00+08:00", store }).forEach(async ({ changes }) => { await save(changes.map(({ record }) => record)); });
   * @throws RequestError when an argument is wrong. The stream throws the other failures when it is read.
   */
  sync(query: SyncArguments): SyncStream {
    const read = this.read("sync", syncSchema, query);
    return openSync(this.select("sync", read.accounts), read, this.invoke(read), this.#clock.now());
  }

  /**
   * Runs one pass that updates a copy of the call records in a destination, such as a database. Writes each batch of changes together with the checkpoint, so that
   * the copy contains each call exactly once, also after a crash. The accounts are written concurrently. Deletions at the vendor are not reported.
   * @param destination an object that stores calls and checkpoints together.
   * @param query the arguments of `sync`, without `store` and `checkpoint`.
   * @returns the report of each account, and the numbers of written changes.
   * @example
   * const { inserted, updated } = await client.syncTo(destination, { from: "2026-10-01T00:00:00+08:00" });
   * console.log(inserted, updated);
   * @throws RequestError when an argument is wrong; CheckpointError when a checkpoint is damaged, belongs to another account, or is locked by another writer; the
   * errors of the destination; the CallRecordsError of the first failure, unless failures are isolated.
   */
  async syncTo(destination: Destination, query: SyncToArguments): Promise<SyncToReport> {
    const checked = readDestination("syncTo", destination);
    const read = this.read("syncTo", syncToSchema, query);
    return syncTo(checked, this.select("syncTo", read.accounts), read, this.invoke(read), this.#clock.now());
  }

  /**
   * Returns the progress of `sync` for each account: which requested intervals are complete, unsettled or missing. Sends no request, and locks no store.
   * @param saved the store of the sync, or the checkpoints that you stored.
   * @throws RequestError when an argument is wrong; CheckpointError when a checkpoint is damaged or belongs to another account; the error of the store.
   */
  async coverage(
    saved: CheckpointStore | SyncCheckpoint | readonly SyncCheckpoint[] | null,
    query: AccountsArgument = {},
  ): Promise<SyncCoverage[]> {
    const { accounts } = readArguments("coverage", coverageSchema, query);
    return readCoverage(this.select("coverage", accounts), saved);
  }

  /**
   * Returns the calls that are active now, each once. This snapshot cannot be verified complete, because calls begin and end while it is read.
   *
   * For Huawei, the calls come from its list of records. Calls that began more than `longestCallSeconds` ago are left out with a warning, because Huawei probably
   * never recorded their end.
   * @example
   * const { calls, accounts } = await client.activeCalls({ isolateFailures: true });
   * console.log(calls.length, accounts.filter(({ status }) => status === "failed"));
   * @throws RequestError when an argument is wrong; UnsupportedError when the vendor of an account in `accounts` does not list active calls, and when no vendor
   * does, unless failures are isolated; the CallRecordsError of the first failure, unless failures are isolated.
   */
  async activeCalls(query: AccountsArgument & PolicyArguments = {}): Promise<ActiveCallsReport> {
    const read = this.read("activeCalls", activeCallsSchema, query);
    return readActiveCalls(this.select("activeCalls", read.accounts), read, this.invoke(read));
  }

  /**
   * Returns one call by the vendor's keys, or null if there is none.
   *
   * - Tencent, `sessionId`: `DescribeTelSession` is sent for each application, and finds a call that is still active. Then the history is searched by the id.
   * - Huawei, `callSerialNo`: `queryCallState`, then the history. The vendor has no filter by id, so that a search reads every call of its range: pass `from` and
   *   `to` if the call may have ended long ago. `callId`, `userId`, `tenantId` and `agentId` find a call that an agent is handling now.
   * - Itniotech, `keyId` or `callSessionId`: the history of the range, which `from` and `to` must name, because the vendor has no filter by id.
   *
   * The history is searched newest first, as far back as the vendor keeps calls (180 days if no retention is declared), or within `from` and `to`. If a lookup
   * finds a call after its end, the record of the history is returned, because it has more fields. Null means that the lookup found no call, and that the history
   * of the range was read completely. An id is unique only within an application. All applications are searched, unless `application` names one.
   * @example
   * const call = await client.findCall({ account: "tencent-ccc", sessionId: "0cf5be1b-de75-4445-a0c4-8dff3fa4b68b" });
   * @throws RequestError when an argument is wrong or missing (the message names the keys of the account), or when two applications have a call with this id and
   * `application` is not set; UnsupportedError when the vendor cannot look up a single call; RetentionError when `from` is before the vendor's retention;
   * IncompleteError when the call was not found, but the list could not be verified; ResponseError when the call was not found and a row could not be parsed, or
   * when the vendor returned another call; otherwise the CallRecordsError of the failure. A lookup that fails does not prevent the search of the history: its
   * error is thrown if the call is not found there.
   */
  async findCall(query: FindCallQuery<Providers>): Promise<FoundCall | null> {
    const read = this.read("findCall", findCallSchema, query);
    return findCall(sessionForCall(this.session("findCall", read.account)), read, this.invoke(read));
  }

  /**
   * Opens a recording of a call, and returns its audio as a stream. Requests to the vendor's API use the account's credentials and pace. An address that the vendor
   * returns is requested without credentials; it must use https and be on a host that the provider declares (see `recordingHosts` of the provider's options).
   *
   * A broken download continues where it broke, if the server can prove that the recording has not changed. Otherwise the body fails with a retryable error. Read
   * the body to its end, or destroy it: until then it holds a connection. `timeoutMs` limits the time to the headers of a response, and silence in the body.
   * @param call a record of this client, or a stored copy of one with its times and recordings.
   * @example
   * const { body, contentType } = await client.openRecording(stored);
   * await pipeline(body, createWriteStream("recording.mp3"));
   * console.log(contentType);
   * @throws RequestError when an argument is wrong, or the call has no such recording; UnsupportedError when the vendor of the account has no recordings, or the
   * `transport` cannot stream; RecordingGoneError when the vendor no longer has the audio; ResponseError when the response is not audio, is empty or too large,
   * or when the address is not allowed; otherwise the CallRecordsError of the failure.
   */
  async openRecording(call: CallWithRecordings, query: OpenRecordingArguments = {}): Promise<OpenedRecording> {
    const read = this.read("openRecording", openRecordingSchema, query);
    const session = this.session("openRecording", accountOfCall(call));
    const invocation = this.invoke({ ...ONE_ACCOUNT, signal: read.signal });
    return openRecording(session, call, read, this.#maxRecordingBytes, invocation);
  }

  /**
   * Returns the record for a vendor's row that you stored earlier (`raw` of a record). Use it to rebuild a table after a correction in the library. Sends no
   * request.
   * @example
   * const corrected = client.normalize(stored.account, stored.raw, stored);
   * @param context the record that you stored with the row, or those of its fields that the row does not contain. Required for an account with several
   * applications.
   * @throws RequestError when the account is unknown, when `context` is invalid or names an application that the account does not have, or when it names none
   * although the account has several; ResponseError when the row is not as the vendor documents it. The message names the field.
   */
  normalize(account: string, row: unknown, context: NormalizeContext = {}): CallRecord {
    return normalizeRow(this.session("normalize", account), row, context);
  }

  /**
   * Reads a push that a vendor sent to your server, and returns its notices and the response that the vendor expects. Sends nothing, and changes nothing.
   *
   * A push is a hint: verify its sender where the vendor allows it, and pass its notices to `sync` or `syncTo` in `around`.
   * @param account the account of the address to which the push was sent.
   * @example
   * const { notices, reply } = client.readPush("huawei-cec", { body: '{"callSerialNo":"1","createCallTime":1763900000000}' });
   * console.log(notices[0]?.around, reply.status);
   * @throws RequestError when the account is unknown, or the push is too large, not JSON, or from another vendor; UnsupportedError when the vendor sends none.
   */
  readPush(account: string, push: ReceivedPush): ReadPush {
    return readPush(this.session("readPush", account), push);
  }

  /** Returns the operations and the limits of each account, as data. Sends nothing. */
  capabilities(): AccountCapabilities[];
  /**
   * Returns the operations and the limits of an account, as data. Sends nothing.
   * @throws RequestError when the account is unknown.
   */
  capabilities(account: string): AccountCapabilities;
  capabilities(account?: string): AccountCapabilities | AccountCapabilities[] {
    if (account !== undefined) return capabilitiesOf(this.session("capabilities", account).provider);
    return [...this.#sessions.values()].map(({ provider }) => capabilitiesOf(provider));
  }

  /**
   * Measures undocumented behaviour of the vendor's list of records, in about twenty requests:
   * - the time of a call by which windows select it, and whether the bounds of windows are inclusive
   * - the order of rows, the size of pages, and the meaning of the total
   * - how far back calls reach
   *
   * Reads calls that are older than an hour. If they do not show a property, its value is null, with the reason. `options` of the report contains the provider
   * options that result from the measurements.
   * @throws RequestError when the account is unknown, or an argument is wrong; otherwise the CallRecordsError of the failure.
   */
  async probe(account: string, options: ProbeArguments = {}): Promise<ProbeReport> {
    const read = this.read("probe", probeSchema, options);
    return probeAccount(sessionForCall(this.session("probe", account)), this.invoke({ ...ONE_ACCOUNT, ...read }));
  }

  /**
   * Requests the applications that an account has at its vendor, with their names: at Tencent with `DescribeCCCBuyInfoList`. A warning names those that the options
   * of the provider leave out.
   * @throws RequestError when the account is unknown, or an argument is wrong; UnsupportedError when its vendor has no applications; otherwise the
   * CallRecordsError of the failure.
   */
  async listApplications(account: string, options: ListApplicationsArguments = {}): Promise<AccountApplication[]> {
    const read = this.read("listApplications", listApplicationsSchema, options);
    return listApplications(this.session("listApplications", account), this.invoke({ ...ONE_ACCOUNT, ...read }));
  }

  /**
   * Adds an account while the client runs. Later calls include it; operations that run already do not. An account that is added again keeps the request rate that
   * it had, so that a vendor's limit is respected.
   * @returns this client, whose type includes the provider.
   * @example
   * client.addProvider(itniotech({ account: "tenant-2", apiKey: "…", apiSecret: "…" }));
   * @throws ConfigurationError when the provider is invalid, or the client has an account with its label; RequestError when the client was closed.
   */
  // eslint-disable-next-line @typescript-eslint/prefer-return-this-type -- the type of `this` does not include the added provider.
  addProvider<Added extends Provider>(provider: Added): CallRecordsClient<Providers | Added> {
    this.throwIfClosed();
    this.open("addProvider", parseOptions("addProvider", addedProviderSchema, { provider }).provider);
    return this;
  }

  /**
   * Removes an account while the client runs. Aborts its requests, and resolves when they have ended. Each active operation of the account ends with an
   * `AbortedError`, as after any other failure of the account: an operation with `isolateFailures` continues with the other accounts. The
   * checkpoint of a `sync` is released when its stream ends.
   * @throws RequestError when the client has no such account.
   */
  async removeProvider(account: string): Promise<void> {
    const session = this.session("removeProvider", account);
    this.#sessions.delete(account);
    await session.remove();
  }

  /**
   * Stops all active operations, which then throw an `AbortedError`, and releases sockets and timers. The client cannot be used afterwards. Closing it again has no
   * effect.
   */
  close(): Promise<void> {
    this.#closing.abort(new AbortedError("The client was closed."));
    this.#http.close();
    return Promise.resolve();
  }

  /** Closes the client, as `close` does, at the end of the block that declares it: `await using client = new CallRecordsClient({ providers });`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private open(owner: string, provider: Provider): void {
    const { id, account } = provider;
    if (this.#sessions.has(account))
      throw new ConfigurationError(
        `${owner}: two providers have the account label \`${account}\`. Give one of them another \`account\`.`,
        { provider: id, account },
      );
    this.#sessions.set(account, new AccountSession(provider, this.#services));
  }

  private read<Schema extends z.ZodObject>(operation: string, schema: Schema, args: unknown): z.output<Schema> {
    return readArguments(operation, schema, withDefaults(schema, args, this.#defaults));
  }

  private throwIfClosed(): void {
    if (this.#closing.signal.aborted) throw new RequestError("The client was closed. Create another one.");
  }

  private invoke(policy: Policy): Invocation {
    this.throwIfClosed();
    return new Invocation(policy, this.#clock, this.#closing.signal);
  }

  private session(owner: string, account: string): AccountSession {
    const session = this.#sessions.get(account);
    if (session !== undefined) return session;
    if (this.#sessions.size === 0) throw noAccounts(owner);
    throw unknownAccount(owner, account, [...this.#sessions.keys()]);
  }

  private select(owner: string, accounts: readonly string[] | undefined): AccountSession[] {
    if (this.#sessions.size === 0) throw noAccounts(owner);
    const labels = accounts === undefined ? [...this.#sessions.keys()] : [...new Set(accounts)];
    return labels.map((account) => sessionForCall(this.session(owner, account)));
  }
}

/** Without this error, a client without accounts would return an empty result that looks complete. */
function noAccounts(owner: string): RequestError {
  return new RequestError(`${owner}: the client has no accounts. Add one with \`addProvider\`, or pass \`providers\`.`);
}
