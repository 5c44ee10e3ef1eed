import { createHash } from "node:crypto";
import { URL } from "node:url";
import { callKey } from "../model/call-key.js";
import type { Recording } from "../model/call-record.js";
import type { CallKeyParts } from "../model/stored-call.js";

/** Endings that programs recognise. The ending is that of the vendor's id or URL, because the path must be known before the audio is fetched. */
const ENDING = /\.(aac|amr|flac|m4a|mp3|mp4|ogg|opus|wav|webm)$/i;
const MAX_NAME_LENGTH = 80;
const DIGEST_LENGTH = 16;

/** A call of which a recording is archived. */
export type ArchivedCall = CallKeyParts & {
  /** The time at which the call began, or null. */
  startedAt: Date | string | null;
};

/**
 * Returns the path of a recording in an archive: `account/date/id-hash.ending`. It depends only on the key of the call, its start and the recording, so it is the
 * same in every run, and in an object store that you fill yourself. The date is that of the start, in UTC. The hash makes names unique, also on file systems that
 * ignore the case of letters.
 * @example
 * recordingPath({ account: "tencent-ccc", application: "1400000000", id: "0cf5be1b", startedAt: "2026-11-20T10:00:00+08:00" }, { id: "r-1", url: null, kind: "call", transcriptUrl: null });
 * // "tencent-ccc/2026-11-20/0cf5be1b-2d7a….audio"
 * @throws RequestError when a part of the key is missing or not a text.
 */
export function recordingPath(call: ArchivedCall, recording: Recording): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([callKey(call), recordingIdentity(recording)]))
    .digest("hex");
  const { startedAt } = call;
  const date = startedAt === null ? "no-date" : new Date(startedAt).toISOString().slice(0, 10);
  return `${folderName(call.account)}/${date}/${safeName(call.id)}-${digest.slice(0, DIGEST_LENGTH)}${endingOf(recording)}`;
}

/** Returns the parts of a recording that stay the same when it is listed again. The query of a URL is a signature, which changes. */
export function recordingIdentity({ id, url, kind }: Recording): readonly (string | null)[] {
  return id === null ? [kind, null, url === null ? null : pathOf(url)] : [kind, id, null];
}

function endingOf({ id, url }: Recording): string {
  const [ending] = ENDING.exec(id ?? "") ?? ENDING.exec(url === null ? "" : pathOf(url)) ?? [];
  return ending?.toLowerCase() ?? ".audio";
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

/** Returns the name of an account's folder. A name that had to be changed gets a hash, so that two accounts never share a folder. */
function folderName(account: string): string {
  const name = safeName(account);
  // The manifest and its lock are beside the folders.
  if (name === account && !/^manifest\./i.test(name)) return name;
  return `${name}-${createHash("sha256").update(account).digest("hex").slice(0, DIGEST_LENGTH)}`;
}

/** Returns a text with only those characters that every file system and object store allows, and of limited length. */
function safeName(text: string): string {
  const safe = text
    .replace(/[^\w.-]/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, MAX_NAME_LENGTH);
  return safe === "" ? "_" : safe;
}
