import type { AccountReport, CallRecord, Outcome } from "call-records";
import { callRecord } from "call-records/testing";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const SHANGHAI_MS = 8 * 3_600_000;

/** The calls of a sample, which are the same each time. */
export interface SampleOptions {
  /** The first day, such as `2026-11-01`. */
  from: string;
  days: number;
  callsPerDay: number;
  agents?: number;
  /** Returns the name of an agent. */
  agentName?: (index: number) => string;
  queueName?: (index: number) => string;
  /** The labels of the accounts, by provider. */
  accounts?: Readonly<Record<string, string>>;
}

const NAMES = ["Grace O'Neill", "王芳", "Liu Yang", "José Álvarez", "陈静", "Amara Okafor", "马超", "Hannah Schmidt"];
const QUEUES = ["Sales", "Support", "售后服务", "Billing"];
/** The share of the calls of a day by hour, from 0 to 23. */
const HOURS = [1, 1, 0, 0, 0, 1, 2, 5, 18, 34, 38, 30, 16, 24, 32, 30, 26, 20, 12, 8, 6, 4, 3, 2];

/** A generator of numbers from 0 to 1, which are the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Returns calls of a call centre in Shanghai: more on weekdays and in the morning. */
export function* sampleCalls(options: SampleOptions): Generator<CallRecord> {
  const { from, days, callsPerDay, agents = 8, queueName = (index) => QUEUES[index % QUEUES.length] ?? "" } = options;
  const { agentName = (index) => NAMES[index % NAMES.length] ?? "" } = options;
  const accounts = options.accounts ?? { "tencent-ccc": "hotline", "huawei-cec": "campaign", itniotech: "overseas" };
  const providers = Object.keys(accounts);
  const next = random(20_261_101);
  const base = callRecord({ direction: "inbound", agent: { id: "1" } });
  const hours = HOURS.flatMap((share, hour) => Array.from({ length: share }, () => hour));
  for (let day = 0; day < days; day += 1) {
    const midnight = Date.parse(`${from}T00:00:00Z`) - SHANGHAI_MS + day * DAY_MS;
    const isWeekend = [0, 6].includes(new Date(midnight + SHANGHAI_MS).getUTCDay());
    const calls = Math.round(callsPerDay * (isWeekend ? 0.35 : 1) * (0.85 + next() * 0.3));
    for (let call = 0; call < calls; call += 1) {
      const hour = hours[Math.floor(next() * hours.length)] ?? 9;
      const startedAt = new Date(midnight + (hour + next()) * 60 * MINUTE_MS);
      const provider = providers[Math.floor(next() ** 1.6 * providers.length)] ?? "";
      const isInbound = provider !== "huawei-cec" && next() < 0.7;
      const index = Math.floor(next() ** 1.4 * agents);
      const isBusy = hour >= 9 && hour <= 11;
      const draw = next();
      const outcome: Outcome = isInbound
        ? draw < (isBusy ? 0.78 : 0.88)
          ? "answered"
          : draw < 0.95
            ? "abandoned"
            : draw < 0.98
              ? "no-agent"
              : "out-of-hours"
        : draw < 0.55
          ? "answered"
          : draw < 0.85
            ? "no-answer"
            : "busy";
      const wait = Math.round(next() ** 2 * (isBusy ? 110 : 40));
      const talk = Math.round(20 + next() ** 2 * 600);
      const answeredAt = outcome === "answered" ? new Date(startedAt.getTime() + wait * 1000) : null;
      const queue = index % QUEUES.length;
      yield {
        ...base,
        provider,
        account: accounts[provider] ?? "",
        id: `${day}-${call}`,
        direction: isInbound ? "inbound" : "outbound",
        outcome,
        startedAt,
        queuedAt: startedAt,
        ringingAt: null,
        answeredAt,
        endedAt: new Date((answeredAt ?? startedAt).getTime() + (answeredAt === null ? wait : talk) * 1000),
        waitSeconds: isInbound ? wait : null,
        talkSeconds: answeredAt === null ? null : talk,
        queue: isInbound ? { id: `q${queue}`, name: queueName(queue) } : null,
        agent:
          base.agent === null || outcome === "no-agent" || provider === "huawei-cec"
            ? null
            : { ...base.agent, id: `10${String(index).padStart(2, "0")}`, name: agentName(index) },
      };
    }
  }
}

/** Returns the report of an account. Times are ISO 8601. */
export function sampleReport(parts: Partial<AccountReport>): AccountReport {
  return {
    account: "hotline",
    provider: "tencent-ccc",
    status: "complete",
    requests: 1,
    retries: 0,
    throttles: 0,
    waitedMs: 0,
    windows: 1,
    windowsLeft: 0,
    rows: 1,
    duplicates: 0,
    unreadable: 0,
    coverage: [],
    unsettled: [],
    gaps: [],
    ...parts,
  };
}
