/** Calls for the emulated Twilio, of every status and direction. They are the same in each run. */
import type { TwilioRow } from "./twilio-emulator.js";

const DAY_MS = 86_400_000;
/** The statuses of the active calls, and the number of seconds between each start and `until`. */
const ACTIVE = [
  ["queued", 5],
  ["ringing", 20],
  ["in-progress", 90],
] as const;
/** The statuses of the ended calls, in turn. Most calls are answered. */
const ENDED = ["completed", "completed", "busy", "completed", "no-answer", "failed", "completed", "canceled"] as const;
const DIRECTIONS = ["inbound", "outbound-api", "outbound-dial"] as const;

/** Returns calls at equal intervals, which have ended before `until`, and three calls that are active then. */
export function twilioCalls({
  accountSid,
  until,
  days,
  callsPerDay,
}: {
  accountSid: string;
  until: Date;
  days: number;
  callsPerDay: number;
}): TwilioRow[] {
  const end = Math.floor(until.getTime() / 1000) * 1000;
  const count = days * callsPerDay;
  const ended = Array.from({ length: count }, (_, index) => {
    // The last of them starts at least an hour before the end, so that it has ended.
    const start = end - 3_600_000 - Math.floor(((count - index) * days * DAY_MS) / count / 1000) * 1000;
    return rowOf({ accountSid, index, start, status: ENDED[index % ENDED.length] ?? "completed" });
  });
  return [
    ...ended,
    ...ACTIVE.map(([status, seconds], position) =>
      rowOf({ accountSid, index: count + position, start: end - seconds * 1000, status }),
    ),
  ];
}

function rowOf({
  accountSid,
  index,
  start,
  status,
}: {
  accountSid: string;
  index: number;
  start: number;
  status: string;
}): TwilioRow {
  const sid = sidOf("CA", index);
  const direction = DIRECTIONS[index % DIRECTIONS.length] ?? "inbound";
  const seconds = status === "completed" ? 15 + (index % 40) * 7 : 0;
  const hasEnded = !ACTIVE.some(([active]) => active === status);
  const customer = `+1415555${String(index % 10_000).padStart(4, "0")}`;
  const [from, to] = direction === "inbound" ? [customer, "+14155550100"] : ["+14155550100", customer];
  return {
    sid,
    account_sid: accountSid,
    // A call that `<Dial>` connects has the call before it as its parent.
    parent_call_sid: direction === "outbound-dial" ? sidOf("CA", index - 1) : null,
    phone_number_sid: direction === "inbound" ? sidOf("PN", 1) : null,
    from,
    to,
    status,
    direction,
    date_created: rfc2822(start - 1000),
    date_updated: rfc2822(start + seconds * 1000),
    start_time: status === "queued" ? null : rfc2822(start),
    end_time: hasEnded ? rfc2822(start + seconds * 1000) : null,
    duration: status === "completed" ? String(seconds) : null,
    price: status === "completed" ? "-0.00850" : null,
    price_unit: "USD",
    answered_by: null,
    uri: `/2010-04-01/Accounts/${accountSid}/Calls/${sid}.json`,
  };
}

function sidOf(kind: string, number: number): string {
  return `${kind}${number.toString(16).padStart(32, "0")}`;
}

/** Returns a time in Twilio's format, which is always in UTC. */
export function rfc2822(instant: number): string {
  return new Date(instant).toUTCString().replace("GMT", "+0000");
}
