import { z } from "zod";
import type { Page } from "../../contract/provider.js";
import {
  wireCallSeconds,
  wireCallTime,
  wireCount,
  wireId,
  wireRows,
  wireText,
  wireTextOrNull,
  wireUnixSeconds,
} from "../../contract/wire.js";
import { wireList, wireMapped, wireObject, wireOptional } from "../../contract/wire-schema.js";

const rowList = wireOptional(wireRows);
const time = wireCallTime(wireUnixSeconds);
/** Texts that belong to those of another list by their position: an absent one keeps its place. */
const textsByPosition = wireMapped(wireOptional(wireList(wireText)), "texts", (texts) => texts ?? []);

/** The agent that DescribeTelCdr names for the call. */
const seatUserSchema = wireObject({
  Name: wireText,
  Mail: wireText,
  Phone: wireText,
  Nick: wireText,
  UserId: wireText,
  StaffNumber: wireText,
});
/** The agent that DescribeTelCdr names for the call. */
export type SeatUser = z.output<typeof seatUserSchema>;

const participantSchema = wireObject({
  Mail: wireText,
  Phone: wireText,
  StartTimestamp: time,
  RingTimestamp: time,
  AcceptTimestamp: time,
  EndedTimestamp: time,
  RecordId: wireText,
  RecordURL: wireText,
  CustomRecordURL: wireText,
  TransferFrom: wireText,
  TransferTo: wireText,
  SkillGroupId: wireText,
  SkillGroupName: wireText,
});
/** One that served the call. */
export type Participant = z.output<typeof participantSchema>;

const cdrRow = wireObject({
  SessionId: wireId,
  Caller: wireText,
  Callee: wireText,
  ProtectedCaller: wireText,
  ProtectedCallee: wireText,
  CallerLocation: wireText,
  Direction: wireText,
  CallType: wireText,
  Time: time,
  StartTimestamp: time,
  QueuedTimestamp: time,
  RingTimestamp: time,
  AcceptTimestamp: time,
  EndedTimestamp: time,
  Duration: wireCallSeconds,
  IVRDuration: wireCallSeconds,
  EndStatus: wireText,
  EndStatusString: wireText,
  HungUpSide: wireText,
  SeatUser: wireOptional(seatUserSchema),
  ServeParticipants: wireOptional(wireList(participantSchema)),
  SkillGroupId: wireText,
  SkillGroup: wireText,
  QueuedSkillGroupId: wireText,
  QueuedSkillGroupName: wireText,
  AIAgentId: wireText,
  AIAgentName: wireText,
  RecordId: wireText,
  RecordURL: wireText,
  CustomRecordURL: wireText,
  AsrUrl: wireText,
  VoicemailRecordURL: textsByPosition,
  VoicemailAsrURL: textsByPosition,
  UUI: wireText,
  Uui: wireText,
  Remark: wireText,
});

/** One row of DescribeTelCdr. */
export const cdrSchema = wireMapped(
  cdrRow,
  "a start: neither it nor StartTimestamp is there",
  (row) => {
    const startedAt = row.Time ?? row.StartTimestamp;
    return startedAt === null ? z.INVALID : { ...row, startedAt };
  },
  ["Time"],
);
/** One row of DescribeTelCdr. */
export type Cdr = z.output<typeof cdrSchema>;

const sessionRow = wireObject({
  SessionID: wireId,
  RoomID: wireText,
  Caller: wireText,
  Callee: wireText,
  ProtectedCaller: wireText,
  ProtectedCallee: wireText,
  Direction: wireText,
  StartTimestamp: time,
  RingTimestamp: time,
  AcceptTimestamp: time,
  SessionStatus: wireText,
  StaffNumber: wireText,
  StaffEmail: wireText,
});

/** One row of DescribePSTNActiveSessionList. */
export const sessionSchema = wireMapped(
  sessionRow,
  "a start",
  (row) => (row.StartTimestamp === null ? z.INVALID : { ...row, startedAt: row.StartTimestamp }),
  ["StartTimestamp"],
);
/** One row of DescribePSTNActiveSessionList. */
export type Session = z.output<typeof sessionSchema>;

const usageCount = wireOptional(wireCount).transform((count): number | null => count ?? null);

/** The answer of DescribeTelCallInfo: one reading for the whole window. A count that is left out is not known, and null. */
export const callInfoSchema = z
  .object({
    TelCallOutCount: usageCount,
    TelCallInCount: usageCount,
    VOIPCallInCount: usageCount,
    AsrOfflineCount: usageCount,
    AsrRealtimeCount: usageCount,
    SeatUsedCount: usageCount,
  })
  // An answer without a single count is none: it must not pass for a day without calls.
  .refine((counts) => Object.values(counts).some((count) => count !== null), {
    message: "expected a count",
    path: ["TelCallOutCount"],
  });
/** The answer of DescribeTelCallInfo. */
export type CallInfo = z.output<typeof callInfoSchema>;

/** The envelope of DescribeTelCdr. */
export const cdrResponseSchema = wireMapped(
  wireObject({ Response: wireObject({ TotalCount: wireCount, TelCdrList: rowList, TelCdrs: rowList }) }),
  "a list",
  ({ Response: { TotalCount, TelCdrList, TelCdrs } }): Page | typeof z.INVALID => {
    // A page past the end may be null; but where rows are counted and neither list is named, this is not the answer that is documented.
    if (TotalCount > 0 && TelCdrList === undefined && TelCdrs === undefined) return z.INVALID;
    // `TelCdrs` is the deprecated twin: older deployments fill it alone.
    const rows = TelCdrList?.length ? TelCdrList : (TelCdrs ?? []);
    return { rows, total: TotalCount, next: null };
  },
  ["Response", "TelCdrList"],
);

/** The envelope of DescribePSTNActiveSessionList. */
export const sessionResponseSchema = wireMapped(
  wireObject({ Response: wireObject({ Total: wireCount, Sessions: rowList }) }),
  "a list",
  ({ Response: { Total, Sessions } }): Page | typeof z.INVALID => {
    return Total > 0 && Sessions === undefined ? z.INVALID : { rows: Sessions ?? [], total: Total, next: null };
  },
  ["Response", "Sessions"],
);

/** The envelope of DescribeTelCallInfo: its `Response` is the one row. */
export const callInfoResponseSchema = z
  .object({ Response: z.looseObject({}) })
  .transform(({ Response }): Page => ({ rows: [Response], total: null, next: null }));

/** What an answer says of an error; nearly all report none, and where one does, nothing here is relied upon to be there. */
export const failureSchema = wireObject({
  Response: wireObject({
    Error: wireOptional(wireObject({ Code: wireTextOrNull, Message: wireTextOrNull })),
    RequestId: wireTextOrNull,
  }),
});
