import { knownAt, progressAt, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import { Random } from "../data/random.js";

const STATES = { planned: 0, queued: 0, ringing: 1, talking: 2, ended: 3 } as const;

/** The agent's side calls: an extension, or the platform's own number for a voice notification. */
export const callerOf = (call: PlannedCall): string =>
  call.agent === null ? call.line : `8888${call.agent.staffNumber}`;

/** A few serial numbers come as JSON numbers with more digits than a double keeps. */
const hasNumericSerial = (call: PlannedCall): boolean => call.seed % 97 === 1 && /^\d+$/.test(call.id);

/** Fields that are not known yet, or never will be: left out, empty or null, by row. */
function withoutValue(style: number): { value: null | ""; kept: boolean } {
  return style < 0.7 ? { value: null, kept: false } : { value: style < 0.85 ? "" : null, kept: true };
}

/** The call as queryCallDetailRecord shows it at this time. `callSerialNo` is a string here in every case. */
export function detailRow(call: PlannedCall, now: number): VendorRow {
  const random = new Random(call.seed);
  const progress = progressAt(call, now);
  const absent = withoutValue(random.next());
  const form = random.weighted([
    ["numbers", 60],
    ["strings", 25],
    ["both", 15],
  ]);
  const row: VendorRow = {};
  const put = (field: string, value: number | string | null) => {
    if (value !== null) row[field] = value;
    else if (absent.kept) row[field] = absent.value;
  };
  // The table says String for times and durations, the sample has numbers.
  const putNumber = (field: string, value: number | null) => {
    put(
      field,
      value === null || form === "numbers" || (form === "both" && field.length % 2 === 0) ? value : String(value),
    );
  };
  const known = (time: number | null) => knownAt(time, now);
  const hasAgent = call.agent !== null;
  const ended = known(call.endedAt);
  const agentAnswered = agentAnsweredAt(call);
  putNumber("releaseTime", call.ringingAt === null ? null : ended);
  put("called", call.customer);
  put("callerPresent", call.line);
  putNumber("agentAlertingTime", hasAgent && call.endCode !== 6 ? call.startedAt : null);
  put("agentPresent", hasAgent ? call.line : null);
  putNumber("talkingTime", known(call.answeredAt));
  putNumber("alertingTime", known(call.ringingAt));
  put("caller", callerOf(call));
  putNumber("agentTalkingTime", known(agentAnswered));
  putNumber("agentReleaseTime", hasAgent ? ended : null);
  putNumber(
    "agentTalkDuration",
    agentAnswered === null || ended === null ? null : Math.floor((ended - agentAnswered) / 1000),
  );
  put("callSerialNo", call.id);
  putNumber("startTime", call.startedAt);
  putNumber("endTime", ended);
  if (progress === "ended") putNumber("talkDuration", call.talkSeconds);
  row.state = STATES[progress];
  if (progress === "ended") row.reasonCode = call.endCode;
  // A call that is going on has no reason yet; some rows say 0 all the same, which means something else once the call has ended.
  else if (random.chance(0.3)) row.reasonCode = 0;
  // The sample's row has no taskType.
  if (random.chance(0.6)) row.taskType = random.chance(0.9) ? String(call.type) : call.type;
  if (random.chance(0.25))
    row.callData = JSON.stringify({
      ticket: random.integer(10_000, 99_999),
      备注: random.pick(["回访", "续费", "follow-up"]),
    });
  return Object.assign(row, call.overrides);
}

/** The agent of a call in two legs picks up before the customer is rung; in the sample at the very moment. */
function agentAnsweredAt(call: PlannedCall): number | null {
  if (call.agent === null) return null;
  if (call.ringingAt !== null) return call.ringingAt;
  const reachedAgent = call.endCode === 3 || call.endCode === 503;
  return reachedAgent && call.endedAt !== null ? Math.min(call.startedAt + 2000, call.endedAt) : null;
}

/** The row as JSON text: by hand where the serial number is a number, since no JavaScript number can hold it. */
export function detailText(call: PlannedCall, now: number): string {
  const text = JSON.stringify(detailRow(call, now));
  return hasNumericSerial(call) ? text.replace(`"callSerialNo":"${call.id}"`, `"callSerialNo":${call.id}`) : text;
}
