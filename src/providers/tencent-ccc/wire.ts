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
  wireUnixMs,
  wireUnixSeconds,
} from "../../contract/wire.js";
import { wireList, wireMapped, wireObject, wireOptional, wirePreprocess } from "../../contract/wire-schema.js";

const rowList = wireOptional(wireRows);
const time = wireCallTime(wireUnixSeconds);
/** Texts that correspond by position to the texts of another list, so a missing text keeps its position. */
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

const ratingSchema = wireObject({ Key: wireText, Label: wireText });
/** A rating. */
export type Rating = z.output<typeof ratingSchema>;
const menuKeySchema = wireObject({ Key: wireText, Label: wireText, Timestamp: wireCallTime(wireUnixMs) });

/** Returns the schema of a list of pressed keys. An older list may contain only the keys, as text. */
function pressedKeys<Schema extends z.ZodType>(schema: Schema) {
  const isKey = (value: unknown) => typeof value === "string" || typeof value === "number";
  return wireOptional(wireList(wirePreprocess((value) => (isKey(value) ? { Key: value } : value), schema)));
}

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
  EndStatusString: wireText,
});
/** A participant who served the call. */
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
  IVRKeyPressed: pressedKeys(menuKeySchema),
  IVRKeyPressedEx: pressedKeys(menuKeySchema),
  PostIVRKeyPressed: pressedKeys(ratingSchema),
  PostIVRKeyPressedEx: pressedKeys(ratingSchema),
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
  "a start time: neither Time nor StartTimestamp is present",
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
  "a start time",
  (row) => (row.StartTimestamp === null ? z.INVALID : { ...row, startedAt: row.StartTimestamp }),
  ["StartTimestamp"],
);
/** One row of DescribePSTNActiveSessionList. */
export type Session = z.output<typeof sessionSchema>;

const usageCount = wireOptional(wireCount).transform((count): number | null => count ?? null);

/** The schema of a response of DescribeTelCallInfo: one reading for the whole window. A missing count is unknown, so it is null. */
export const callInfoSchema = z
  .object({
    TelCallOutCount: usageCount,
    TelCallInCount: usageCount,
    VOIPCallInCount: usageCount,
    AsrOfflineCount: usageCount,
    AsrRealtimeCount: usageCount,
    SeatUsedCount: usageCount,
  })
  // A response without any count is invalid: it must not be read as a day without calls.
  .refine((counts) => Object.values(counts).some((count) => count !== null), {
    message: "expected a count",
    path: ["TelCallOutCount"],
  });
/** A response of DescribeTelCallInfo. */
export type CallInfo = z.output<typeof callInfoSchema>;

/** The schema of a response of DescribeTelCdr. */
export const cdrResponseSchema = wireMapped(
  wireObject({ Response: wireObject({ TotalCount: wireCount, TelCdrList: rowList, TelCdrs: rowList }) }),
  "a list",
  ({ Response: { TotalCount, TelCdrList, TelCdrs } }): Page | typeof z.INVALID => {
    // A list may be null on a page past the end. A response that counts rows without either list is not as documented.
    if (TotalCount > 0 && TelCdrList === undefined && TelCdrs === undefined) return z.INVALID;
    // `TelCdrs` is deprecated: older deployments fill only this list.
    const rows = TelCdrList?.length ? TelCdrList : (TelCdrs ?? []);
    return { rows, total: TotalCount, next: null };
  },
  ["Response", "TelCdrList"],
);

/** The schema of a response of DescribePSTNActiveSessionList. */
export const sessionResponseSchema = wireMapped(
  wireObject({ Response: wireObject({ Total: wireCount, Sessions: rowList }) }),
  "a list",
  ({ Response: { Total, Sessions } }): Page | typeof z.INVALID => {
    return Total > 0 && Sessions === undefined ? z.INVALID : { rows: Sessions ?? [], total: Total, next: null };
  },
  ["Response", "Sessions"],
);

/** The envelope of DescribeTelCallInfo: its `Response` is the only row. */
export const callInfoResponseSchema = z
  .object({ Response: z.looseObject({}) })
  .transform(({ Response }): Page => ({ rows: [Response], total: null, next: null }));

/** The schema of an API error in a response. Most responses have none, and every field of an error may be missing. */
export const failureSchema = wireObject({
  Response: wireObject({
    Error: wireOptional(wireObject({ Code: wireTextOrNull, Message: wireTextOrNull })),
    RequestId: wireTextOrNull,
  }),
});
