import { CallRecordsClient } from "../../client.js";
import { AbortedError, CallRecordsError, type ErrorCode } from "../../model/errors.js";
import { type BuiltInProvider, requiredVariables, vendors } from "../../vendors.js";
import type { Check } from "./check.js";
import { OneRequest } from "./one-request.js";

/** Clocks that differ by more make some vendors refuse signatures. */
const CLOCK_FAILS_MS = 300_000;
const CLOCK_WARNS_MS = 30_000;
const TIMEOUT_MS = 15_000;

/** What can only hold where all before it holds. */
const IN_ORDER = ["network", "credentials", "permission", "response"] as const;
type InOrder = (typeof IN_ORDER)[number];
/** What the failure of a request speaks of. */
const CHECK_OF: Partial<Record<ErrorCode, InOrder>> = {
  network: "network",
  timeout: "network",
  authentication: "credentials",
  permission: "permission",
};

/**
 * Looks at an account with one request for a page of its list of calls, and one for a token where it takes one: what every command begins with,
 * and the least that tells whether they will work.
 */
export async function checkAccount(provider: BuiltInProvider, signal: AbortSignal): Promise<Check[]> {
  const { account } = provider;
  const ask = new OneRequest(TIMEOUT_MS);
  const client = new CallRecordsClient({
    providers: [provider],
    transport: ask,
    timeoutMs: TIMEOUT_MS,
    retry: { attempts: 1 },
  });
  const error = await failureOf(client, ask, signal);
  await client.close();
  ask.close();

  const failed = error === null ? null : (CHECK_OF[error.code] ?? "response");
  const nothingSent = error !== null && ask.hosts.size === 0;
  const checks: Check[] = [
    {
      account,
      check: "configuration",
      status: "ok",
      detail: `accepted; ${provider.id}, zone ${provider.timeZone}`,
      advice: null,
    },
  ];
  for (const check of IN_ORDER) {
    if (error !== null && check === failed)
      checks.push({
        account,
        check,
        status: "failed",
        detail: error.message,
        advice: nothingSent && check !== "network" ? UNSENT : adviceFor(error, provider, ask.clockOffsetMs),
      });
    else if (nothingSent && check === "network")
      checks.push({ account, check, status: "skipped", detail: "nothing was sent", advice: null });
    else if (failed !== null && IN_ORDER.indexOf(check) > IN_ORDER.indexOf(failed))
      checks.push({ account, check, status: "skipped", detail: `${failed} failed`, advice: null });
    else checks.push({ account, check, status: "ok", detail: DETAILS[check](provider, ask), advice: null });
    if (check === "network") checks.push(clockCheck(account, ask.clockOffsetMs));
  }
  if (ask.latencyMs !== null)
    checks.push({
      account,
      check: "latency",
      status: "ok",
      detail: `${Math.round(ask.latencyMs)} ms, connecting included`,
      advice: null,
    });
  return checks;
}

const UNSENT = "Nothing was sent: the failure is on this machine, as its words say.";

const DETAILS: Record<InOrder, (provider: BuiltInProvider, ask: OneRequest) => string> = {
  network: (_, { hosts }) => `${[...hosts].join(", ")} answers`,
  credentials: () => "accepted",
  permission: ({ operations }) => `${operations.records.name} is allowed`,
  response: () => "understood",
};

/** Null where the account answered a page well. */
async function failureOf(
  client: CallRecordsClient<BuiltInProvider>,
  ask: OneRequest,
  signal: AbortSignal,
): Promise<CallRecordsError | null> {
  const to = new Date();
  try {
    const stream = client.records({
      from: new Date(to.getTime() - 60_000),
      to,
      raw: false,
      unreadableRows: "report",
      signal: AbortSignal.any([signal, ask.enough]),
    });
    for await (const batch of stream.batches(1)) if (batch.length > 0) break;
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    // Further pages were wanted: the first one was good.
    if (error instanceof AbortedError && ask.enough.aborted) return null;
    if (error instanceof CallRecordsError) return error;
    throw error;
  }
}

function clockCheck(account: string, offsetMs: number | null): Check {
  if (offsetMs === null)
    return { account, check: "clock", status: "skipped", detail: "no answer told the vendor's time", advice: null };
  const apart = Math.abs(offsetMs);
  const detail =
    apart < 1500
      ? "agrees with the vendor's"
      : `the vendor's is ${(apart / 1000).toFixed(0)} s ${offsetMs > 0 ? "ahead" : "behind"}`;
  const status = apart > CLOCK_FAILS_MS ? "failed" : apart > CLOCK_WARNS_MS ? "warning" : "ok";
  return {
    account,
    check: "clock",
    status,
    detail,
    advice:
      status === "ok"
        ? null
        : "Set this machine's clock by a time server: signatures carry its time, and ranges reach up to its now.",
  };
}

function adviceFor(error: CallRecordsError, provider: BuiltInProvider, offsetMs: number | null): string {
  const variables = vendors()
    .filter(({ id }) => id === provider.id)
    .flatMap((vendor) => Object.values(requiredVariables(vendor)))
    .join(", ");
  const operation = error.operation ?? provider.operations.records.name;
  if (error.vendorCode === "EMFILE" || error.vendorCode === "ENFILE")
    return "Raise the limit of open files (ulimit -n), or close what holds them, then try again.";
  switch (error.code) {
    case "network":
    case "timeout":
      return "See that this machine may reach the host (firewall, DNS, HTTPS_PROXY, NODE_EXTRA_CA_CERTS), and that the endpoint is right.";
    case "authentication":
      return offsetMs !== null && Math.abs(offsetMs) > CLOCK_FAILS_MS
        ? "Set this machine's clock by a time server, then try again."
        : `Compare the keys with the vendor's console: ${variables}, or the configuration file.`;
    case "permission":
      return `Let this key call ${operation} in the vendor's console.`;
    case "rate-limit":
      return "Something else uses up this account's requests: wait, or lower its option rate.";
    case "response":
      return "The endpoint may be another service, or a proxy that answers in its place.";
    default:
      return error.requestId === null
        ? "Ask the vendor's support."
        : `Ask the vendor's support about request ${error.requestId}.`;
  }
}
