import type { PlannedCall, VendorRow } from "../data/planned-call.js";
import { Random } from "../data/random.js";
import { type AgentGroup, groupOf } from "../data/roster.js";
import type { WallClock } from "../data/wall-clock.js";
import { endingOf } from "./hangup-reasons.js";

const LABELS = ["VIP", "意向客户", "follow-up", "勿扰"] as const;
const BLANK_INFO = JSON.stringify(
  Object.fromEntries([1, 5, 10, 4, 3, 2, 9, 8, 7, 6].map((number) => [`calledInfo${number}`, null])),
);

/** Returns the labels that an agent added to the call. */
export function labelsOf(call: PlannedCall): string[] {
  if (call.seed % 9 !== 0) return [];
  const [first, second] = [
    LABELS[call.seed % LABELS.length] ?? "VIP",
    LABELS[(call.seed >>> 8) % LABELS.length] ?? "VIP",
  ];
  return first === second ? [first] : [first, second];
}

/** hangingDirection: 0 customer, 1 agent, 3 none. */
export const hangingDirectionOf = (call: PlannedCall): number =>
  call.hungUpBy === "customer" ? 0 : call.hungUpBy === "agent" ? 1 : 3;

/** Returns the group of the agent; the group for which the customer waited if no agent answered an incoming or a group call; else null. */
export function agentGroupOf(call: PlannedCall): AgentGroup | null {
  if (call.agent !== null) return call.agent;
  return call.type === 3 ? null : groupOf(call.seed);
}

/** Returns the path of the recording, relative as in the sample, or null. */
export function voicePath(call: PlannedCall, wallClock: WallClock): string | null {
  if (call.answeredAt === null || call.seed % 20 === 7) return null;
  const session = sessionId(call, wallClock);
  return `agent-call-record-${session.slice(0, 6)}/${session}.wav`;
}

/** Returns `yyMMddHHmmss` of the end and five digits, as in the sample. */
export function sessionId(call: PlannedCall, wallClock: WallClock): string {
  return `${compact(call.endedAt ?? call.startedAt, wallClock)}${String(Number(call.id.replace(/\D/g, "").slice(-5)) % 100_000).padStart(5, "0")}`;
}

const compact = (time: number, wallClock: WallClock) => wallClock.text(time).replace(/\D/g, "").slice(2);

/** Returns the callee's fields: in most rows as in the sample, with `called` null and the number in `encryptCalled`. */
function calleeFields(call: PlannedCall, callee: string): Record<"called" | "encryptCalled", string | null> {
  const style = call.overrides === null ? call.seed % 10 : 0;
  if (style === 9) return { called: null, encryptCalled: `${callee.slice(0, 5)}****${callee.slice(-4)}` };
  return style >= 7 ? { called: callee, encryptCalled: null } : { called: null, encryptCalled: callee };
}

/** Returns the row of /v3/cc/record/query: the sample's fields in its order, and the documented `voiceGroupId` in some rows. */
export function recordRow(call: PlannedCall, wallClock: WallClock): VendorRow {
  const random = new Random(call.seed);
  const time = (instant: number | null) => (instant === null ? null : wallClock.text(instant));
  const endedAt = call.endedAt ?? call.startedAt;
  const ending = endingOf(call.endCode, call.seed);
  const labels = labelsOf(call);
  const path = voicePath(call, wallClock);
  const group = agentGroupOf(call);
  const [caller, callee] = call.direction === "inbound" ? [call.customer, call.line] : [call.line, call.customer];
  const { called, encryptCalled } = calleeFields(call, callee);
  const row: VendorRow = {
    keyId: /^\d{1,15}$/.test(call.id) ? Number(call.id) : call.id,
    callSessionId: sessionId(call, wallClock),
    called,
    encryptCalled,
    calledInfo: random.chance(0.9)
      ? BLANK_INFO
      : BLANK_INFO.replace(`"calledInfo1":null`, `"calledInfo1":"订单 ${random.integer(1000, 9999)}"`),
    caller,
    region: random.chance(0.7) ? null : call.country.replace(/^\d+\(|\)$/g, ""),
    seatName: call.agent?.name ?? null,
    sipGroupName: group?.groupName ?? null,
    callDuration: call.talkSeconds,
    callType: call.type,
    hangupReason: call.endCode,
    hangupCode: ending.code,
    callStartTime: time(call.startedAt),
    calledAnswerTime: time(call.answeredAt),
    calledHangupTime: time(endedAt),
    voiceUrl: path,
    voiceUrlList: path === null ? (random.chance(0.5) ? [] : null) : [path],
    createTime: time(Number.isFinite(call.listedFrom) ? call.listedFrom : endedAt),
    updateTime: time(random.chance(0.1) ? endedAt + random.integer(5, 600) * 1000 : endedAt),
    ccode: call.country,
    hangingDirection: hangingDirectionOf(call),
    labelName: JSON.stringify(labels),
    labelNameList: labels,
    remark: random.chance(0.15) ? random.pick(["11111", "客户稍后回电", "Price too high"]) : null,
    callId: `${compact(call.startedAt, wallClock)}${call.id.replace(/\D/g, "").slice(-9).padStart(9, "0")}`,
    brandId: 101,
    brandName: "ITNIO",
    errorReason: ending.text,
    ringDuration: call.ringingAt === null ? 0 : Math.floor(((call.answeredAt ?? endedAt) - call.ringingAt) / 1000),
    mediaDetected: null,
  };
  if (group !== null && call.seed % 4 === 0) row.voiceGroupId = group.groupId;
  return Object.assign(row, call.overrides);
}
