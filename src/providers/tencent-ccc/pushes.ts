import { z } from "zod";
import type { PushedCall, PushesOperation } from "../../contract/pushes.js";
import { wireCallTime, wireId, wireText, wireUnixSeconds } from "../../contract/wire.js";
import { wireObject } from "../../contract/wire-schema.js";

const time = wireCallTime(wireUnixSeconds);

/** Documented: a record of the history, with its application. */
const cdrPush = wireObject({ SdkAppId: wireId, SessionId: wireId, Time: time, StartTimestamp: time });
/** Documented: one push for each participant of a recorded call, and one for each voice mail. */
const recordingPush = wireObject({ SdkAppId: wireId, SessionId: wireId, RecordId: wireText, Timestamp: time });

/** Reads a push, whose kind is in the query. The issues of its body name its fields. */
const schema = z
  .object({ query: z.looseObject({ action: z.enum(["cdr", "record", "voicemail"]) }), body: z.unknown() })
  .transform(({ query, body }, context): PushedCall => {
    const read = query.action === "cdr" ? readCdr(body) : readRecording(body);
    for (const { path, message } of read.error?.issues ?? [])
      context.issues.push({ code: "custom", path: ["body", ...path], message, input: body });
    return read.data ?? z.NEVER;
  });

function readCdr(body: unknown) {
  return cdrPush
    .transform(({ SdkAppId, SessionId, Time, StartTimestamp }): PushedCall => ({
      application: SdkAppId,
      relatedIds: { SessionId },
      row: body,
      startedAt: Time ?? StartTimestamp,
      at: null,
    }))
    .safeParse(body);
}

function readRecording(body: unknown) {
  return recordingPush
    .transform(({ SdkAppId, SessionId, RecordId, Timestamp }): PushedCall => ({
      application: SdkAppId,
      relatedIds: { SessionId, ...(RecordId === null ? {} : { RecordId }) },
      row: null,
      startedAt: null,
      at: Timestamp,
    }))
    .safeParse(body);
}

/** The pushes of calls (`cdr`), recordings (`record`) and voice mails. Documented: each repetition has the same id, and the response is JSON with `ErrCode` 0. */
export const pushes: PushesOperation = {
  schema,
  deliveryHeader: "x-tccc-push-uuid",
  reply: { status: 200, headers: { "Content-Type": "application/json" }, body: '{"ErrCode":0,"ErrMsg":""}' },
};
