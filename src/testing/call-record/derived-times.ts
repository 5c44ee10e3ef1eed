import type { CallRecord, Leg } from "../../index.js";
import { SECONDS, STARTED_AT } from "./example-call.js";

/** The times of a call, in their order. */
export const TIME_NAMES = ["startedAt", "queuedAt", "ringingAt", "answeredAt", "endedAt"] as const;
type TimeName = (typeof TIME_NAMES)[number];
/** The times of a call. */
export type Times = Pick<CallRecord, TimeName>;
/** Which of its times a call has. */
export type Present = Readonly<Record<Exclude<TimeName, "startedAt">, boolean>>;

/** A call that lasts longer is not placed at the start of the example. */
const LONGEST_MS = 12 * 3_600_000;
/** The seconds in which the caller of the example waits. */
const WAIT_SECONDS = SECONDS.answeredAt - SECONDS.queuedAt;

/** Returns times in the right order that agree with the given times and durations. Given ones are never changed. */
export function timesOf(given: Partial<CallRecord>, present: Present): Times {
  const waitEndName = present.answeredAt ? "answeredAt" : "endedAt";
  const [ivr, wait, ring, talk] = [given.ivrSeconds, given.waitSeconds, given.ringSeconds, given.talkSeconds].map(msOf);
  const [queuedGiven, ringingGiven, endedGiven] = [given.queuedAt, given.ringingAt, given.endedAt].map(instantOf);
  const waitEndGiven = instantOf(given[waitEndName]);

  const start = given.startedAt?.getTime() ?? startBefore(given, waitEndName);
  const queuedUsual = queuedGiven ?? start + (ivr ?? SECONDS.queuedAt * 1000);
  // The menu precedes everything else. A call that ends in it is as long as the menu.
  const menu = ivr === undefined ? 0 : ivr - SECONDS.queuedAt * 1000;
  const endsInMenu = ivr !== undefined && !present.queuedAt && !present.ringingAt && !present.answeredAt;
  const ringingUsual = ringingGiven ?? start + menu + SECONDS.ringingAt * 1000;
  const first = present.queuedAt ? queuedUsual : present.ringingAt ? ringingUsual : start;
  const answeredBefore =
    present.answeredAt && talk !== undefined && endedGiven !== undefined ? endedGiven - talk : null;
  const waitEndUsual =
    wait !== undefined
      ? first + wait
      : ring !== undefined
        ? ringingUsual + ring
        : (answeredBefore ?? start + (endsInMenu ? ivr : menu + SECONDS[waitEndName] * 1000));
  const waitEnd =
    waitEndGiven ?? within(waitEndUsual, Math.max(start, queuedGiven ?? start, ringingGiven ?? start), endedGiven);

  const queuedDerived = wait !== undefined && waitEndGiven !== undefined ? waitEndGiven - wait : queuedUsual;
  const queued = queuedGiven ?? within(queuedDerived, start, Math.min(ringingGiven ?? waitEnd, waitEnd));
  const rung = ring ?? (present.queuedAt ? undefined : wait);
  const ringingFrom = present.queuedAt ? queued : start;
  const ringing = ringingGiven ?? within(rung === undefined ? ringingUsual : waitEnd - rung, ringingFrom, waitEnd);
  const ended = endedGiven ?? (present.answeredAt ? waitEnd + (talk ?? SECONDS.talk * 1000) : waitEnd);
  return {
    startedAt: new Date(start),
    queuedAt: present.queuedAt ? new Date(queued) : null,
    ringingAt: present.ringingAt ? new Date(ringing) : null,
    answeredAt: present.answeredAt ? new Date(waitEnd) : null,
    endedAt: present.endedAt ? new Date(ended) : null,
  };
}

/** Returns the times of a call with overridden legs: those that are open contain the legs. */
export function timesAroundLegs(times: Times, given: Partial<CallRecord>, legs: readonly Leg[]): Times {
  const around = { ...times };
  const instantsOf = (...names: ("startedAt" | "ringingAt" | "answeredAt" | "endedAt")[]) =>
    legs.flatMap((leg) => names.flatMap((name) => leg[name]?.getTime() ?? []));
  const answered = instantsOf("answeredAt");
  if (given.answeredAt === undefined && times.answeredAt !== null && answered.length > 0)
    around.answeredAt = new Date(Math.min(...answered));
  const all = instantsOf("startedAt", "ringingAt", "answeredAt", "endedAt");
  if (given.endedAt === undefined && times.endedAt !== null)
    around.endedAt = new Date(Math.max(times.endedAt.getTime(), ...all, instantOf(around.answeredAt) ?? 0));
  let limit = instantOf(around.answeredAt ?? around.endedAt) ?? Number.POSITIVE_INFINITY;
  for (const name of ["ringingAt", "queuedAt", "startedAt"] as const) {
    const time = around[name];
    if (name !== "ringingAt") limit = Math.min(limit, ...all);
    if (time === null) continue;
    if (given[name] === undefined) around[name] = new Date(Math.min(time.getTime(), limit));
    limit = Math.min(limit, around[name]?.getTime() ?? limit);
  }
  return around;
}

/** Returns the start of the example where the given times fit to it; else a start shortly before them. */
export function startBefore(given: Partial<CallRecord>, waitEndName: "answeredAt" | "endedAt"): number {
  const { ivrSeconds, waitSeconds, ringSeconds, talkSeconds } = given;
  const menu = ivrSeconds ?? SECONDS.queuedAt;
  const rings = menu + SECONDS.ringingAt - SECONDS.queuedAt;
  const waited = Math.max(menu + (waitSeconds ?? WAIT_SECONDS), rings + (ringSeconds ?? 0));
  const seconds = {
    queuedAt: menu,
    ringingAt: rings,
    answeredAt: waited,
    endedAt: waitEndName === "endedAt" ? waited : waited + (talkSeconds ?? SECONDS.talk),
  };
  const usual = STARTED_AT.getTime();
  const isDurationGiven = [ivrSeconds, waitSeconds, ringSeconds, talkSeconds].some(
    (value) => typeof value === "number",
  );
  const starts: number[] = [];
  let fits = true;
  for (const name of ["queuedAt", "ringingAt", "answeredAt", "endedAt"] as const) {
    const at = instantOf(given[name]);
    if (at === undefined) continue;
    starts.push(at - seconds[name] * 1000);
    fits &&= at - (isDurationGiven ? seconds[name] * 1000 : 0) >= usual && at <= usual + LONGEST_MS;
  }
  return fits ? usual : Math.min(...starts);
}

function msOf(seconds: number | null | undefined): number | undefined {
  return seconds === null || seconds === undefined ? undefined : seconds * 1000;
}

function instantOf(date: Date | null | undefined): number | undefined {
  return date?.getTime();
}

function within(value: number, from: number, to = Number.POSITIVE_INFINITY): number {
  return Math.max(from, Math.min(value, to));
}

/** Returns the whole seconds between two times; null where one is missing, or they are in the wrong order. */
export function secondsBetween(from: Date | null, to: Date | null): number | null {
  const seconds = from === null || to === null ? -1 : Math.round((to.getTime() - from.getTime()) / 1000);
  return seconds < 0 ? null : seconds;
}
