import type { ZodType } from "zod";

/** A request that a vendor sent to your HTTP server. */
export interface ParsedPush {
  /** The query parameters, by name. */
  query: Readonly<Record<string, string>>;
  /** The headers, with names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** The parsed body. */
  body: unknown;
}

/** The content of a push about one call. */
export interface PushedCall {
  /** The application of the call, or null. */
  application: string | null;
  /** The ids of the call and of its parts, by the vendor's names: at least one. */
  relatedIds: Record<string, string>;
  /** The row of the history, where the push contains one; else null. */
  row: unknown;
  /** The start of the call; null where the push does not contain it. */
  startedAt: Date | null;
  /** A time between the start of the call and the push; null where `startedAt` is known. */
  at: Date | null;
}

/** The response that a vendor expects. */
export interface PushReply {
  /** HTTP status. */
  status: number;
  /** The headers of the response. */
  headers: Record<string, string>;
  /** The text of the body. */
  body: string;
}

/** The pushes of a vendor: data and pure functions. */
export interface PushesOperation {
  /** Parses the text of a body. Default: JSON. Throws or returns undefined where it has another form. */
  parse?(text: string): unknown;
  /** Reads a push. Refuses one that is not this vendor's. */
  schema: ZodType<PushedCall>;
  /** The header that is the same for each repetition of a push, in lower case. Left out where the vendor has none: the content then identifies the push. */
  deliveryHeader?: string;
  /** The response with which the vendor counts a push as delivered. */
  reply: PushReply;
}
