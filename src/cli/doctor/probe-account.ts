import { CallRecordsClient } from "../../client.js";
import type { BuiltInProvider } from "../../vendors.js";
import type { ProbeFinding, ProbeReport } from "../../model/probe-report.js";
import { CallRecordsError } from "../../model/errors.js";
import { messageOf } from "../terminal/option-names.js";
import type { Check } from "./check-account.js";

/** Measures the undocumented behavior of the vendor, and returns the recommended options. */
export async function probeAccount(provider: BuiltInProvider, signal: AbortSignal): Promise<Check[]> {
  const { account } = provider;
  const client = new CallRecordsClient({ providers: [provider] });
  try {
    return checksOf(await client.probe(account, { signal, unreadableRows: "report" }));
  } catch (error) {
    if (signal.aborted || !(error instanceof CallRecordsError)) throw error;
    return [
      {
        account,
        check: "probe",
        status: "failed",
        detail: messageOf(error.message),
        advice:
          "Try again. If the probe fails again, the account works anyway, but without the options that a probe recommends.",
      },
    ];
  } finally {
    await client.close();
  }
}

function checksOf({
  account,
  partition,
  requests,
  filtersOn,
  windowStart,
  windowEnd,
  order,
  pageSize,
  total,
  retention,
  numberFilter,
  options,
}: ProbeReport): Check[] {
  const list =
    partition?.application == null
      ? Object.entries(partition?.parameters ?? {}).map(([name, value]) => `${name} ${value}`)
      : [`application ${partition.application}`];
  const check = (question: string, { value, evidence }: ProbeFinding<string | number | boolean>): Check => ({
    account,
    check: "probe",
    status: value === null ? "skipped" : "ok",
    detail: `${question}: ${value ?? "unknown"}. ${evidence}`,
    advice: null,
  });
  const written = JSON.stringify(options).slice(1, -1).replaceAll(",", ", ");
  return [
    check("windows filter on", filtersOn),
    check("window start", windowStart),
    check("window end", windowEnd),
    check(
      "row order",
      order.by === null ? order : { ...order, value: order.value === null ? null : `${order.value} by ${order.by}` },
    ),
    check(`rows per page of ${pageSize.requested}`, pageSize),
    check("total minus number of rows", total),
    check("age of the oldest call, in days", {
      ...retention,
      value: retention.value === null ? null : Math.floor(retention.value / 86_400),
    }),
    check("number filter", {
      ...numberFilter,
      value: numberFilter.value === null ? null : numberFilter.value ? "finds calls" : "not usable",
    }),
    {
      account,
      check: "probe",
      status: "ok",
      detail: `${written === "" ? "no recommended options" : `recommended options: ${written}`} (${requests} requests${list.length === 0 ? "" : `, ${list.join(" ")}`})`,
      advice:
        written === "" ? null : `Add ${written} to this account in the configuration file, or to the provider options.`,
    },
  ];
}
