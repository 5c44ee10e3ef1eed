import { URL } from "node:url";
import type { RecordingQuery, RecordingsOperation } from "../../contract/recordings.js";
import { defineRecordings } from "../../contract/recordings.js";
import { wireText } from "../../contract/wire.js";
import { wireList, wireMapped, wireObject, wireOptional } from "../../contract/wire-schema.js";
import type { Recording } from "../../model/call-record.js";
import { RecordingGoneError, RequestError, ResponseError } from "../../model/errors.js";
import { HISTORY } from "./limits.js";
import { readRecordings, readVoicemails } from "./recordings.js";
import { sessionDetailRequest } from "./request.js";

const DAY_MS = 86_400_000;
/** Documented: Tencent's object store in the vendor's samples. */
const STORE_HOSTS = ["*.myqcloud.com"];
const OPERATION = "DescribeSessionDetail";

/** The fields of a recording, in the session and in a participant. */
const recordingFields = { RecordId: wireText, RecordURL: wireText, CustomRecordURL: wireText };

const texts = wireMapped(wireOptional(wireList(wireText)), "texts", (values) => values ?? []);

const detailResponse = wireObject({
  Response: wireObject({
    ...recordingFields,
    VoicemailRecordURL: texts,
    ServeParticipants: wireOptional(wireList(wireObject(recordingFields))),
  }),
});
type SessionDetail = ReturnType<typeof detailResponse.parse>;

/** The account's settings for the download of recordings. */
interface RecordingsSettings {
  account: string;
  endpoint: string;
  /** Whether the user's own client determines the endpoint. */
  hasClient: boolean;
  /** Further hosts of recordings. */
  hosts: readonly string[];
}

/**
 * Returns the download of recordings: of the whole call, of each participant, and voice mails. An address in a record may have expired, so a new one is requested
 * for each download. The vendor documents that it is valid for 24 hours. Some of its samples have http addresses, which are requested with https.
 */
export function recordingsOperation({ account, endpoint, hasClient, hosts }: RecordingsSettings): RecordingsOperation {
  return defineRecordings({
    name: OPERATION,
    endpoint: hasClient ? null : endpoint,
    hosts: [...STORE_HOSTS, ...hosts],
    upgradesHttp: true,
    locate: (query) => ({ type: "lookup", request: sessionDetailRequest(endpoint, boundsOf(query, account)) }),
    lookup: { responseSchema: detailResponse, address: (detail, query) => addressIn(detail, query, account) },
  });
}

/** Returns the parameters of the session. The vendor does not document which time of a call must be in the range, so a day is added at both ends. */
function boundsOf({ call, now }: RecordingQuery, account: string) {
  const about = { provider: "tencent-ccc", account, operation: OPERATION };
  const { application, id: sessionId, startedAt, endedAt } = call;
  if (startedAt === null || application === null)
    throw new RequestError(
      `${account}: openRecording: argument \`call\` must contain \`application\` and \`startedAt\`. Tencent needs both to find the recording.`,
      about,
    );
  // Documented: at most 180 days back. The margin is for the time until the request arrives.
  const earliest = now.getTime() - (HISTORY.retentionSeconds - 60) * 1000;
  const end = (endedAt ?? startedAt).getTime() + DAY_MS;
  if (end <= earliest)
    throw new RecordingGoneError(
      `${account}: ${OPERATION}: the vendor finds recordings of the last 180 days only, and this call is older.`,
      about,
    );
  const start = Math.max(earliest, startedAt.getTime() - DAY_MS);
  return { application, sessionId, start: new Date(start), end: new Date(Math.min(end, now.getTime())) };
}

/** Returns the fresh address of a recording; null where the session no longer lists any audio of its kind. */
function addressIn({ Response: detail }: SessionDetail, { call, recording, leg }: RecordingQuery, account: string) {
  const own = readRecordings(detail, null);
  const participants = (detail.ServeParticipants ?? []).map((participant) => readRecordings(participant, null));
  const voicemails = readVoicemails({ VoicemailRecordURL: detail.VoicemailRecordURL, VoicemailAsrURL: [] });
  const listed = [...own, ...participants.flat(), ...voicemails].filter(
    ({ kind, url }) => kind === recording.kind && url !== null,
  );
  if (listed.length === 0) return null;
  const found =
    only(listed.filter(({ url }) => hasPathOf(url, recording.url))) ??
    atPosition(
      listed.filter(({ id }) => recording.id !== null && id === recording.id),
      recording,
      call,
      leg,
    ) ??
    (recording.kind === "voicemail" ? only(voicemails) : null);
  if (found !== null) return found.url;
  throw new ResponseError(
    `${account}: ${OPERATION}: none of the ${listed.length} recordings that the vendor lists for the session \`${call.id}\` is the requested one. Read the call again.`,
    { provider: "tencent-ccc", account, operation: OPERATION },
  );
}

/** Whether two URLs have the same path. Their hosts and signatures may differ. */
function hasPathOf(url: string | null, other: string | null): boolean {
  return url !== null && other !== null && URL.canParse(other) && new URL(url).pathname === new URL(other).pathname;
}

function only(found: readonly Recording[]): Recording | null {
  const [first, ...others] = found;
  return first === undefined || others.some(({ url }) => url !== first.url) ? null : first;
}

/** Returns the recording with an id. Tencent's own audio and the company's copy have the same id, in this order. */
function atPosition(
  found: readonly Recording[],
  recording: Recording,
  call: RecordingQuery["call"],
  leg: number | null,
): Recording | null {
  const alike = (leg === null ? call.recordings : (call.legs[leg]?.recordings ?? [])).filter(
    ({ id }) => id === recording.id,
  );
  if (found.length !== alike.length) return only(found);
  return found[alike.findIndex(({ url }) => url === recording.url)] ?? null;
}
