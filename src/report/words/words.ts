import type { DayState } from "../calendar/day-states.js";
import type { PeriodUnit } from "../calendar/periods.js";
import type { AccountProof } from "../data/read-proof.js";
import type { ShownReconciliation } from "../data/read-usage.js";
import type { MeasuredBy, OutcomeCounts } from "../../metrics/index.js";

type Reason = ShownReconciliation["periods"][number]["explanations"][number]["reason"];
type GapReason = AccountProof["gaps"][number]["reason"];

/** All words of the page in one language. Numbers, dates and names are passed as texts in that language. */
export interface Words {
  /** The title of a page without one. */
  title: string;
  contents: string;
  /** The link that shows the numbers of a chart. */
  numbers: string;
  noCalls: string;
  noRange: string;
  notReported: string;
  noValue: string;
  total: string;
  other: (count: string) => string;
  hiddenRows: (count: string) => string;
  seconds: (count: string) => string;
  minutes: (count: string) => string;
  weekOf: (day: string) => string;
  range: (from: string, to: string) => string;
  accounts: (count: string) => string;
  timeZone: (zone: string) => string;
  noCallsOf: string;
  excluded: (internal: string, active: string) => string;
  /** The providers that report some numbers, and those that do not. */
  measured: (metrics: string, by: string, notBy: string) => string;
  measuredByNobody: (metrics: string, notBy: string) => string;
  list: string;
  metrics: Record<keyof MeasuredBy, string>;
  provisional: string;
  status: {
    complete: string;
    provisional: (from: string) => string;
    incomplete: string;
    unverified: string;
    unverifiedParts: (count: string) => string;
  };
  columns: {
    period: Record<PeriodUnit, string>;
    state: string;
    account: string;
    provider: string;
    agent: string;
    queue: string;
    weekday: string;
    hour: string;
    calls: string;
    offered: string;
    answered: string;
    answerRate: string;
    abandoned: string;
    abandonRate: string;
    missed: string;
    notOffered: string;
    serviceLevel: string;
    speedOfAnswer: string;
    medianWait: string;
    p90Wait: string;
    outbound: string;
    connected: string;
    connectRate: string;
    talkMinutes: string;
    meanTalk: string;
    results: string;
    from: string;
    to: string;
    reason: string;
    outcome: string;
    application: string;
    category: string;
    vendorMinutes: string;
    recordMinutes: string;
    talkOfRecords: string;
    difference: string;
    settled: string;
    source: string;
    minutes: string;
    seats: string;
    unreadable: string;
    complete: string;
  };
  series: {
    answered: string;
    unanswered: string;
    abandoned: string;
    missed: string;
    notOffered: string;
    connected: string;
    unconnected: string;
    unclassified: string;
  };
  headline: {
    heading: string;
    calls: string;
    callsNote: (inbound: string, outbound: string) => string;
    answerRate: string;
    answerRateNote: (answered: string, offered: string) => string;
    serviceLevel: (seconds: string) => string;
    serviceLevelNote: { handled: string; offered: string };
    speedOfAnswer: string;
    speedOfAnswerNote: (median: string, p90: string) => string;
    abandonRate: string;
    abandonRateNote: (abandoned: string, missed: string) => string;
    connectRate: string;
    connectRateNote: (connected: string, attempts: string) => string;
    talk: string;
    talkNote: (mean: string, calls: string) => string;
    peak: string;
    peakNote: (at: string) => string;
  };
  volume: {
    heading: Record<PeriodUnit, string>;
    lead: (period: string, calls: string, mean: string) => string;
    description: string;
  };
  heatMap: {
    heading: string;
    lead: (weekday: string, hour: string, calls: string) => string;
    description: string;
    few: string;
    many: string;
    outside: string;
  };
  rates: { heading: string; lead: (answered: string, offered: string) => string; description: string };
  waits: {
    heading: string;
    lead: (median: string, p90: string, max: string) => string;
    speedDescription: string;
    abandonDescription: string;
  };
  talk: { heading: string; lead: (minutes: string, calls: string, median: string) => string; description: string };
  outcomes: { heading: string; lead: string; inbound: string; outbound: string; table: string };
  agents: {
    heading: string;
    lead: (agents: string) => string;
    none: string;
    noAgent: string;
    others: (count: string) => string;
  };
  queues: {
    heading: string;
    lead: (queues: string) => string;
    none: string;
    noQueue: string;
    others: (count: string) => string;
  };
  usage: {
    heading: string;
    reconciledLead: (differing: string, periods: string) => string;
    countedLead: string;
    categories: Record<"outbound" | "inbound" | "voip", string>;
    sources: Record<"vendor" | "records", string>;
    chartDescription: string;
    explanations: string;
    effect: string;
    withoutCount: (accounts: string) => string;
    callsOutside: (count: string) => string;
    none: string;
    reasons: Record<Reason, string>;
  };
  proof: {
    heading: string;
    lead: (complete: string, days: string) => string;
    unverified: string;
    description: (account: string, parts: string) => string;
    states: Record<DayState, string>;
    days: (state: string, count: string) => string;
    statuses: Record<AccountProof["status"], string>;
    gaps: string;
    gapReasons: Record<GapReason, string>;
    unsettled: string;
    noGaps: string;
    error: string;
    unreadable: (rows: string) => string;
  };
  outcomeNames: Record<keyof Required<OutcomeCounts>, string>;
  definitions: {
    heading: string;
    items: (rule: {
      seconds: string;
      of: "handled" | "offered";
      shortAbandon: string | null;
      menu: "offered" | "excluded";
    }) => (readonly [term: string, text: string])[];
  };
  yes: string;
  no: string;
}
