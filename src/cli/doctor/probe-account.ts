import { CallRecordsClient } from "../../client.js";
import type { BuiltInProvider } from "../../vendors.js";
import type { ProbeFinding, ProbeReport } from "../../model/probe-report.js";
import { CallRecordsError } from "../../model/errors.js";
import type { Check } from "./check.js";

/** Measures what the vendor's pages leave open, and says which options follow. */
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
        detail: error.message,
        advice:
          "Try again; if it stays so, the account works all the same, without the options that a probe would tell.",
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
  options,
}: ProbeReport): Check[] {
  const list =
    partition?.application == null
      ? Object.entries(partition?.parameters ?? {}).map(([name, value]) => `${name} ${value}`)
      : [`application ${partition.application}`];
  const check = (question: string, { value, evidence }: ProbeFinding<string | number>): Check => ({
    account,
    check: "probe",
    status: value === null ? "skipped" : "ok",
    detail: `${question}: ${value ?? "not told"}. ${evidence}`,
    advice: null,
  });
  const written = JSON.stringify(options).slice(1, -1).replaceAll(",", ", ");
  return [
    check("windows filter on", filtersOn),
    check("a window's start is", windowStart),
    check("a window's end is", windowEnd),
    check(
      "rows come",
      order.by === null ? order : { ...order, value: order.value === null ? null : `${order.value} by ${order.by}` },
    ),
    check(`rows given where ${pageSize.requested} are asked for`, pageSize),
    check("the total less the rows that there are", total),
    check("age of the oldest call, in days", {
      ...retention,
      value: retention.value === null ? null : Math.floor(retention.value / 86_400),
    }),
    {
      account,
      check: "probe",
      status: "ok",
      detail: `${written === "" ? "no option follows" : `options that follow: ${written}`} (${requests} requests${list.length === 0 ? "" : `, ${list.join(" ")}`})`,
      advice:
        written === ""
          ? null
          : `Write ${written} into this account's entry of the configuration file, or pass it to the provider's factory.`,
    },
  ];
}
