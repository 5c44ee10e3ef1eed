import { z } from "zod";
import { addIssues } from "../../contract/rule-of.js";
import type { PushedCall, PushesOperation } from "../../contract/pushes.js";
import { wireCallTime, wireId, wireText, wireUnixSeconds } from "../../contract/wire.js";
import { wireMapped, wireObject } from "../../contract/wire-schema.js";

const time = wireCallTime(wireUnixSeconds);

/** Documented: a record of the history, with its application. */
const cdrPush = wireMapped(
  wireObject({ SdkAppId: wireId, SessionId: wireId, Time: time, StartTimestamp: time }),
  "a push",
  ({ SdkAppId: application, SessionId, Time, StartTimestamp }) => ({
    application,
    relatedIds: { SessionId },
    startedAt: Time ?? StartTimestamp,
    at: null,
  }),
);
/** Documented: one push for each participant of a recorded call, and one for each voice mail. */
const recordingPush = wireMapped(
  wireObject({ SdkAppId: wireId, SessionId: wireId, RecordId: wireText, Timestamp: time }),
  "a push",
  ({ SdkAppId: application, SessionId, RecordId, Timestamp: at }) => ({
    application,
    relatedIds: { SessionId, ...(RecordId === null ? {} : { RecordId }) },
    startedAt: null,
    at,
  }),
);

/** Reads a push, whose kind is in the query. The issues of its body name its fields. */
const schema = z
  .object({ query: z.looseObject({ action: z.enum(["cdr", "record", "voicemail"]) }), body: z.unknown() })
  .transform(({ query, body }, context): PushedCall => {
    const isCall = query.action === "cdr";
    const { data, error } = (isCall ? cdrPush : recordingPush).safeParse(body);
    addIssues(context, error, ["body"]);
    return data === undefined ? z.NEVER : { ...data, row: isCall ? body : null };
  });

/** The pushes of calls (`cdr`), recordings (`record`) and voice mails. Documented: each repetition has the same id, and the response is JSON with `ErrCode` 0. */
export const pushes: PushesOperation = {
  schema,
  deliveryHeader: "x-tccc-push-uuid",
  reply: { status: 200, headers: { "Content-Type": "application/json" }, body: '{"ErrCode":0,"ErrMsg":""}' },
};
