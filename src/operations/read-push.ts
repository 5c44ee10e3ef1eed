import { createHash } from "node:crypto";
import { types } from "node:util";
import { z } from "zod";
import type { ParsedPush, PushedCall, PushesOperation, PushReply } from "../contract/pushes.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { parseExactJson } from "../engine/http/exact-json.js";
import { decodeUtf8 } from "../engine/http/utf8.js";
import { describeIssues } from "../contract/parse-options.js";
import { RequestError, ResponseError } from "../model/errors.js";
import type { DateRange } from "../model/interval.js";
import type { CallRecord } from "../model/call-record.js";
import type { PushNotice } from "../model/push-notice.js";
import { readArguments } from "./arguments.js";
import { normalizeRow } from "./normalize.js";
import { unsupported } from "./unsupported.js";

/** A larger body is no push: a record has a few kilobytes. */
const MAX_BYTES = 1_048_576;
/** The distance of the bounds of a range from the start that a push states. */
const MARGIN_MS = 60_000;

/** A request that a vendor sent to your server. The objects of `node:http` and of the usual frameworks have these forms. */
export interface ReceivedPush {
  /** The query parameters. Default: none. */
  query?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** The headers. Default: none. */
  headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** The bytes or the text of the body, before any parser. */
  body: string | Uint8Array;
}

/** A push that was read. */
export interface ReadPush {
  /** One notice for each call of the push. */
  notices: PushNotice[];
  /** The response that the vendor expects. Send it when the notices are stored or passed on. With any other response, the vendor sends the push again. */
  reply: PushReply;
}

const texts = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]).optional(), "must be an object of texts")
  .default({});
const pushSchema = z.object({
  push: z.looseObject({
    query: texts,
    headers: texts,
    body: z.union(
      [z.string(), z.custom<Uint8Array>((value) => types.isUint8Array(value))],
      "must be the text or the bytes of the request's body",
    ),
  }),
});

/** Reads a push of the account's vendor. Sends nothing. */
export function readPush(session: AccountSession, received: ReceivedPush): ReadPush {
  const { account, id: provider, operations } = session.provider;
  const { push } = readArguments("readPush", pushSchema, { push: received });
  const { pushes } = operations;
  if (pushes === undefined) throw unsupported(session.provider, "readPush", "this vendor's pushes cannot be read.");
  const refused = (rule: string) =>
    new RequestError(`readPush: argument \`push\`: ${session.clean(rule)}.`, {
      provider,
      account,
      operation: "readPush",
    });
  const { body } = push;
  const size = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  if (size > MAX_BYTES) throw refused(`field \`body\`: must have at most ${MAX_BYTES} bytes`);
  const text = decodeUtf8(Buffer.from(body));
  const parsed: ParsedPush = {
    query: firstOf(push.query),
    headers: Object.fromEntries(
      Object.entries(firstOf(push.headers)).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: parseBody(text, pushes),
  };
  if (parsed.body === undefined) throw refused("field `body`: must be JSON");
  return session.runAdapter("pushes", { operation: "readPush", window: null }, () => {
    const read = pushes.schema.safeParse(parsed);
    if (!read.success) throw refused(`is no push of ${provider}: ${describeIssues(read.error, "field")}`);
    const call = read.data;
    const around = rangeOf(call, session.provider.longestCallSeconds * 1000);
    if (around === null) throw refused(`is no push of ${provider}: it contains no time of the call`);
    const header = pushes.deliveryHeader === undefined ? undefined : parsed.headers[pushes.deliveryHeader];
    const notice: PushNotice = {
      account,
      provider,
      application: call.application,
      relatedIds: { ...call.relatedIds },
      record: call.row === null ? null : recordOf(session, call, refused),
      around,
      deliveryId: header === undefined || header === "" ? digestOf(account, text) : header,
    };
    const { status, headers, body: reply } = pushes.reply;
    return { notices: [notice], reply: { status, headers: { ...headers }, body: reply } };
  });
}

/** Returns the record in a push. A row that cannot be read is a fault of the push, which is no response of the vendor. */
function recordOf(
  session: AccountSession,
  { row, application }: PushedCall,
  refused: (rule: string) => RequestError,
): CallRecord {
  try {
    return normalizeRow(session, row, { application });
  } catch (error) {
    if (error instanceof ResponseError) throw refused(`field \`body\`: ${error.message.replace(/\.$/, "")}`);
    throw error;
  }
}

/** Returns the first value of each name. */
function firstOf(values: z.output<typeof texts>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      const first = typeof value === "string" ? value : value?.[0];
      return first === undefined ? [] : [[name, first] as const];
    }),
  );
}

function parseBody(text: string, pushes: PushesOperation): unknown {
  for (const parse of [parseExactJson, (other: string) => pushes.parse?.(other)]) {
    try {
      return parse(text);
    } catch {
      // Not in this form.
    }
  }
  return undefined;
}

/** Returns the range in which a call began; null where the push contains no time. */
function rangeOf({ startedAt, at }: PushedCall, longestCallMs: number): DateRange | null {
  if (startedAt !== null)
    return { from: new Date(startedAt.getTime() - MARGIN_MS), to: new Date(startedAt.getTime() + MARGIN_MS) };
  if (at === null) return null;
  return { from: new Date(at.getTime() - longestCallMs - MARGIN_MS), to: new Date(at.getTime() + MARGIN_MS) };
}

/** Identifies a push by its content. A vendor that repeats a push sends the same text. */
function digestOf(account: string, text: string): string {
  return createHash("sha256")
    .update(JSON.stringify([account, text]))
    .digest("base64url")
    .slice(0, 32);
}
