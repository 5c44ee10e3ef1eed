import type { PlannedCall, VendorRow } from "../data/planned-call.js";
import { Random } from "../data/random.js";
import { type Agent, groupOf } from "../data/roster.js";
import { endStatusText } from "./end-statuses.js";
import { pressedKey, ratingOf } from "./pressed-keys.js";

/** The origin of the addresses in rows. Nothing serves them: they have expired, as the vendor documents. */
export const RECORDINGS = "https://recorder-10018504.cos.ap-shanghai.myqcloud.com";
const PLACES = ["广东深圳", "上海", "北京", "广东深圳固话", "浙江杭州", "四川成都"] as const;

/** Returns Unix seconds; 0 for an absent time, as in the vendor's rows. */
const unixSeconds = (time: number | null): number => (time === null ? 0 : time / 1000);

/** Returns the parties. The number of a protected party is empty, and the other field contains an id. */
export function parties(
  call: PlannedCall,
): Record<"Caller" | "Callee" | "ProtectedCaller" | "ProtectedCallee", string> {
  const isProtected = call.seed % 10 === 3 && call.overrides === null;
  const customer = isProtected ? "" : call.customer;
  const id = isProtected ? `p-${call.seed.toString(36)}` : "";
  return call.direction === "inbound"
    ? { Caller: customer, Callee: call.line, ProtectedCaller: id, ProtectedCallee: "" }
    : { Caller: call.line, Callee: customer, ProtectedCaller: "", ProtectedCallee: id };
}

function seatUser(agent: Agent): VendorRow {
  return {
    Name: agent.name,
    Mail: agent.email,
    Phone: `00${agent.phone}`,
    Nick: agent.nick,
    UserId: agent.email,
    StaffNumber: agent.staffNumber,
    SkillGroupNameList: [agent.groupName],
  };
}

/** Returns a row for each agent who took part. */
function participants(call: PlannedCall, recorded: boolean): VendorRow[] {
  const type = call.seed % 23 === 0 ? "staffPhoneSeat" : call.seed % 29 === 0 ? "outboundSeat" : "staffSeat";
  const handover = call.answeredAt === null ? null : call.answeredAt + Math.floor(call.talkSeconds / 2) * 1000;
  const row = (
    agent: Agent,
    sequence: number,
    times: { start: number | null; ring: number | null; accept: number | null; end: number | null },
    status: string,
  ): VendorRow => ({
    Mail: agent.email,
    Phone: `00${agent.phone}`,
    StartTimestamp: unixSeconds(times.start),
    RingTimestamp: unixSeconds(times.ring),
    AcceptTimestamp: unixSeconds(times.accept),
    EndedTimestamp: unixSeconds(times.end),
    RecordId: times.accept !== null && recorded ? `r-${call.seed.toString(36)}-${sequence}` : "",
    RecordURL: times.accept !== null && recorded ? `${RECORDINGS}/seat/${call.id}-${sequence}.mp3` : "",
    CustomRecordURL: "",
    Type: type,
    TransferFrom: "",
    TransferFromType: "",
    TransferTo: "",
    TransferToType: "",
    SkillGroupId: agent.groupId,
    SkillGroupName: agent.groupName,
    EndStatusString: status,
    Sequence: sequence,
  });
  const parts: VendorRow[] = [];
  const { agent, missedBy, transferredTo, ringingAt, answeredAt, endedAt } = call;
  if (missedBy !== null)
    parts.push(
      row(missedBy, 0, { start: ringingAt, ring: ringingAt, accept: null, end: answeredAt ?? endedAt }, "seatGiveUp"),
    );
  if (agent !== null) {
    const until = transferredTo === null ? endedAt : handover;
    const status = transferredTo === null ? endStatusText(call.endCode) : "seatForward";
    const part = row(
      agent,
      parts.length,
      { start: ringingAt ?? call.startedAt, ring: ringingAt, accept: answeredAt, end: until },
      status,
    );
    parts.push(
      transferredTo === null ? part : { ...part, TransferTo: transferredTo.email, TransferToType: "staffSeat" },
    );
    if (transferredTo !== null) {
      const next = row(
        transferredTo,
        parts.length,
        { start: handover, ring: handover, accept: handover, end: endedAt },
        endStatusText(call.endCode),
      );
      parts.push({ ...next, TransferFrom: agent.email, TransferFromType: type });
    }
  }
  return parts;
}

/** Returns seconds as strings. The models declare Integer, but the session list's sample contains both. */
const asStrings = (row: VendorRow): VendorRow =>
  Object.fromEntries(
    ["StartTimestamp", "RingTimestamp", "EndedTimestamp", "Duration"].map((field) => [field, String(row[field])]),
  );

/** Returns the row of DescribeTelCdr (TelCdrInfo). */
export function cdrRow(call: PlannedCall): VendorRow {
  const random = new Random(call.seed);
  const recorded = call.answeredAt !== null && call.endedAt !== null && random.chance(0.92);
  const transcribed = recorded && hasTranscript(call);
  const voicemail = call.direction === "inbound" && call.answeredAt === null && random.chance(0.06);
  // The vendor's CDR push page states that a transferred call has the last agent's data.
  const last = call.transferredTo ?? call.agent;
  const group = call.agent ?? call.missedBy;
  const queue = group ?? groupOf(call.seed);
  const menuEnd = call.queuedAt ?? (call.direction === "inbound" ? call.endedAt : null);
  const keys =
    call.direction === "inbound" && random.chance(0.4)
      ? [
          pressedKey(
            String(random.integer(1, 9)),
            random.pick(["售后", "Billing", ""]),
            (call.startedAt + (menuEnd ?? call.startedAt)) / 2,
          ),
        ]
      : [];
  const rating =
    call.answeredAt !== null && call.endedAt !== null && random.chance(0.2) ? [ratingOf(call.seed, call.endedAt)] : [];
  const uui = random.chance(0.1) ? `{"orderId":"${random.integer(100_000, 999_999)}"}` : null;
  const { Caller, Callee, ProtectedCaller, ProtectedCallee } = parties(call);
  const row: VendorRow = {
    Caller,
    Callee,
    ProtectedCaller,
    ProtectedCallee,
    SessionId: call.id,
    Time: unixSeconds(call.startedAt),
    StartTimestamp: unixSeconds(call.startedAt),
    QueuedTimestamp: unixSeconds(call.queuedAt),
    RingTimestamp: unixSeconds(call.ringingAt),
    AcceptTimestamp: unixSeconds(call.answeredAt),
    EndedTimestamp: unixSeconds(call.endedAt),
    Direction: call.direction === "inbound" ? 0 : 1,
    CallType: call.type,
    Duration: call.talkSeconds,
    // The vendor's CDR push page defines IVRDuration as QueuedTimestamp - StartTimestamp.
    IVRDuration: menuEnd === null ? 0 : (menuEnd - call.startedAt) / 1000,
    EndStatus: call.endCode,
    EndStatusString: endStatusText(call.endCode),
    HungUpSide: call.hungUpBy === "agent" ? "seat" : call.hungUpBy === "customer" ? "user" : "system",
    SeatUser: last === null ? null : seatUser(last),
    SkillGroup: group?.groupName ?? "",
    SkillGroupId: group?.groupId ?? 0,
    // Also of a call that nobody answered.
    QueuedSkillGroupId: call.queuedAt === null ? 0 : queue.groupId,
    QueuedSkillGroupName: call.queuedAt === null ? "" : queue.groupName,
    CallerLocation: random.pick(PLACES),
    RecordURL: recorded ? `${RECORDINGS}/session/${call.id}.mp3` : "",
    RecordId: recorded ? `r-${call.seed.toString(36)}` : "",
    CustomRecordURL: recorded && random.chance(0.1) ? `https://records.example.com/${call.id}.mp3` : "",
    AsrUrl: transcribed ? `${RECORDINGS}/asr/${call.id}.json` : "",
    AsrStatus: transcribed ? "Complete" : recorded && random.chance(0.1) ? "Processing" : "NotExists",
    VoicemailRecordURL: voicemail ? [`${RECORDINGS}/voicemail/${call.id}.mp3`] : random.chance(0.5) ? [] : null,
    VoicemailAsrURL: voicemail && random.chance(0.5) ? [`${RECORDINGS}/voicemail/${call.id}.json`] : [],
    IVRKeyPressed: keys.map(({ Key }) => Key),
    IVRKeyPressedEx: keys,
    PostIVRKeyPressed: rating,
    PostIVRKeyPressedEx: rating,
    ServeParticipants: participants(call, recorded),
    UUI: uui,
    Uui: uui,
    Remark: random.chance(0.08) ? random.pick(["客户要求回电", "Wants an invoice", "下周再联系"]) : "",
    AIAgentId: 0,
    AIAgentName: "",
  };
  if (call.seed % 17 === 0) Object.assign(row, asStrings(row));
  return Object.assign(row, call.overrides);
}

/** Whether the call is transcribed after its end. Its minutes count as offline speech-to-text. */
export function hasTranscript(call: PlannedCall): boolean {
  return call.seed % 5 === 0;
}
