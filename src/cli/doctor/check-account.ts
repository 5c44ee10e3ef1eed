import { column } from "../../columns/column.js";
import { CallRecordsClient } from "../../client.js";
import { type BuiltInProvider, requiredVariables, vendors } from "../../vendors.js";
import { AbortedError, CallRecordsError, type ErrorCode } from "../../model/errors.js";
import type { Columns } from "../output/columns.js";
import { messageOf } from "../terminal/option-names.js";
import { OneRequest } from "./one-request.js";

/** The result of one check of an account. */
export interface Check {
  account: string;
  check:
    | "configuration"
    | "network"
    | "clock"
    | "credentials"
    | "permission"
    | "response"
    | "latency"
    | "applications"
    | "probe"
    | "capture";
  /** `skipped`: not possible, because of an earlier failure. */
  status: "ok" | "warning" | "failed" | "skipped";
  detail: string;
  /** The recommended action; null if there is none. */
  advice: string | null;
}

export const checkColumns: Columns<Check> = {
  all: [
    column("account", "account", "text", ({ account }) => account),
    column("check", "check", "text", ({ check }) => check),
    column("status", "status", "text", ({ status }) => status),
    column("detail", "detail", "text", ({ detail }) => detail),
    column("advice", "advice", "text", ({ advice }) => advice),
  ],
  table: ["account", "check", "status", "detail"],
  widths: { account: [11, 24], check: [13, 13], status: [7, 7], detail: [42, 160], advice: [40, 160] },
  wraps: "detail",
};

/** Some vendors refuse signatures if the clocks differ by more than this. */
const CLOCK_FAILS_MS = 300_000;
const CLOCK_WARNS_MS = 30_000;
export const TIMEOUT_MS = 15_000;

/** The checks that depend on each other: each one is possible only if the checks before it succeed. */
const IN_ORDER = ["network", "credentials", "permission", "response"] as const;
type InOrder = (typeof IN_ORDER)[number];
/** The check that a failed request belongs to. */
const CHECK_OF: Partial<Record<ErrorCode, InOrder>> = {
  network: "network",
  timeout: "network",
  authentication: "credentials",
  permission: "permission",
};

/**
 * Checks an account with one request for a page of its call history, and one token request if it uses tokens. Every command starts with these requests, and
 * fewer would not show whether the commands work.
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
        detail: messageOf(error.message),
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
      detail: `${Math.round(ask.latencyMs)} ms, including the connection`,
      advice: null,
    });
  return checks;
}

const UNSENT = "No request was sent: the failure is on this machine. See the detail.";

const DETAILS: Record<InOrder, (provider: BuiltInProvider, ask: OneRequest) => string> = {
  network: (_, { hosts }) => `${[...hosts].join(", ")} responds`,
  credentials: () => "accepted",
  permission: ({ operations }) => `${operations.records.name} is allowed`,
  response: () => "valid",
};

/** Returns the error of the request for a page; null if it succeeded. */
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
    // The client requested another page, so the first page was valid.
    if (error instanceof AbortedError && ask.enough.aborted) return null;
    if (error instanceof CallRecordsError) return error;
    throw error;
  }
}

function clockCheck(account: string, offsetMs: number | null): Check {
  if (offsetMs === null)
    return { account, check: "clock", status: "skipped", detail: "no response contained the time", advice: null };
  const apart = Math.abs(offsetMs);
  const detail =
    apart < 1500
      ? "matches the vendor's clock"
      : `the vendor's clock is ${(apart / 1000).toFixed(0)} s ${offsetMs > 0 ? "ahead" : "behind"}`;
  const status = apart > CLOCK_FAILS_MS ? "failed" : apart > CLOCK_WARNS_MS ? "warning" : "ok";
  return {
    account,
    check: "clock",
    status,
    detail,
    advice:
      status === "ok"
        ? null
        : "Synchronize this machine's clock with a time server: signatures contain its time, and ranges end at its current time.",
  };
}

/** Returns the recommended action for a failure. */
export function adviceFor(error: CallRecordsError, provider: BuiltInProvider, offsetMs: number | null): string {
  const variables = vendors()
    .filter(({ id }) => id === provider.id)
    .flatMap((vendor) => Object.values(requiredVariables(vendor)))
    .join(", ");
  const operation = error.operation ?? provider.operations.records.name;
  if (error.vendorCode === "EMFILE" || error.vendorCode === "ENFILE")
    return "Raise the limit of open files (ulimit -n), or close the processes that use them, then try again.";
  switch (error.code) {
    case "network":
    case "timeout":
      return "Check that this machine can reach the host (firewall, DNS, HTTPS_PROXY, NODE_EXTRA_CA_CERTS), and that the endpoint is correct.";
    case "authentication":
      return offsetMs !== null && Math.abs(offsetMs) > CLOCK_FAILS_MS
        ? "Synchronize this machine's clock with a time server, then try again."
        : `Compare the keys with the vendor's console: ${variables}, or the configuration file.`;
    case "permission":
      return `Allow this key to call ${operation} in the vendor's console.`;
    case "rate-limit":
      return "Another client uses this account's rate limit: wait, or lower the option rate.";
    case "response":
      return "The endpoint may be another service, or a proxy that responds in its place.";
    default:
      return error.requestId === null
        ? "Ask the vendor's support."
        : `Ask the vendor's support about request ${error.requestId}.`;
  }
}
