/** Calls for the emulated Twilio, of every status and direction, the same each time. */
import type { TwilioRow } from "./twilio-emulator.js";

const DAY_MS = 86_400_000;
/** A queued, a ringing and an answered call, that many seconds before the end of the calls. */
const GOING_ON = [
  ["queued", 5],
  ["ringing", 20],
  ["in-progress", 90],
] as const;
/** Most calls are answered. */
const ENDED = ["completed", "completed", "busy", "completed", "no-answer", "failed", "completed", "canceled"] as const;
const DIRECTIONS = ["inbound", "outbound-api", "outbound-dial"] as const;

/** Calls at even distances until an instant, and three that go on then. */
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
    // Not one falls on the end: the youngest began an hour before it.
    const start = end - 3_600_000 - Math.floor(((count - index) * days * DAY_MS) / count / 1000) * 1000;
    return rowOf({ accountSid, index, start, status: ENDED[index % ENDED.length] ?? "completed" });
  });
  return [
    ...ended,
    ...GOING_ON.map(([status, seconds], place) =>
      rowOf({ accountSid, index: count + place, start: end - seconds * 1000, status }),
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
  const isOver = !GOING_ON.some(([state]) => state === status);
  const customer = `+1415555${String(index % 10_000).padStart(4, "0")}`;
  const [from, to] = direction === "inbound" ? [customer, "+14155550100"] : ["+14155550100", customer];
  return {
    sid,
    account_sid: accountSid,
    // What `<Dial>` connects hangs on the call before it.
    parent_call_sid: direction === "outbound-dial" ? sidOf("CA", index - 1) : null,
    phone_number_sid: direction === "inbound" ? sidOf("PN", 1) : null,
    from,
    to,
    status,
    direction,
    date_created: rfc2822(start - 1000),
    date_updated: rfc2822(start + seconds * 1000),
    start_time: status === "queued" ? null : rfc2822(start),
    end_time: isOver ? rfc2822(start + seconds * 1000) : null,
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

/** As Twilio writes it: always in UTC. */
export function rfc2822(instant: number): string {
  return new Date(instant).toUTCString().replace("GMT", "+0000");
}
