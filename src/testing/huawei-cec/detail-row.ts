import { knownAt, progressAt, type PlannedCall, type VendorRow } from "../data/planned-call.js";
import { Random } from "../data/random.js";

const STATES = { planned: 0, queued: 0, ringing: 1, talking: 2, ended: 3 } as const;

/** Returns the caller: the agent's extension, or the platform's number for a voice notification. */
export const callerOf = (call: PlannedCall): string =>
  call.agent === null ? call.line : `8888${call.agent.staffNumber}`;

/** A few serial numbers are JSON numbers with more digits than a double can represent. */
const hasNumericSerial = (call: PlannedCall): boolean => call.seed % 97 === 1 && /^\d+$/.test(call.id);

/** Selects how a row writes fields without a value: absent, empty or null. */
function withoutValue(style: number): { value: null | ""; kept: boolean } {
  return style < 0.7 ? { value: null, kept: false } : { value: style < 0.85 ? "" : null, kept: true };
}

/** Returns the row of queryCallDetailRecord at this time. `callSerialNo` is always a string. */
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
  // The documentation declares strings for times and durations; its sample has numbers.
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
  // An active call has no reason yet. Some rows contain 0, which has another meaning for an ended call.
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

/** In a two-leg call, the agent picks up before the customer's telephone rings; in the sample, at the same instant. */
function agentAnsweredAt(call: PlannedCall): number | null {
  if (call.agent === null) return null;
  if (call.ringingAt !== null) return call.ringingAt;
  const reachedAgent = call.endCode === 3 || call.endCode === 503;
  return reachedAgent && call.endedAt !== null ? Math.min(call.startedAt + 2000, call.endedAt) : null;
}

/** Returns the row as JSON text. A numeric serial number is inserted into the text, because it exceeds a JavaScript number. */
export function detailText(call: PlannedCall, now: number): string {
  const text = JSON.stringify(detailRow(call, now));
  return hasNumericSerial(call) ? text.replace(`"callSerialNo":"${call.id}"`, `"callSerialNo":${call.id}`) : text;
}
