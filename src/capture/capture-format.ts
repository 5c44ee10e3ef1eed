import { z } from "zod";

/** The first field of every capture file. */
export const CAPTURE_FORMAT = "call-records capture 1";

/** Stands for a secret. */
export const REMOVED = "[removed]";

const headers = z.record(z.string(), z.string());

const exchangeSchema = z.strictObject({
  request: z.strictObject({
    method: z.enum(["GET", "POST"]),
    /** The path after the account's endpoint. */
    path: z.string(),
    query: z.array(z.tuple([z.string(), z.string()])),
    headers,
    /** JSON; null if there was no body. */
    body: z.json(),
  }),
  /** Null if no response arrived. */
  response: z
    .strictObject({
      status: z.int().min(100).max(599),
      headers,
      /** Whether `body` is JSON. If not, it is the masked text. */
      isJson: z.boolean(),
      body: z.json(),
    })
    .nullable(),
});

const operationSchema = z.strictObject({
  name: z.enum(["records", "usage", "activeCalls", "findCall"]),
  /** The arguments of the client's method: `from` and `to`, or the masked keys of the call. */
  arguments: z.record(z.string(), z.string()),
  /** `complete`; `limited` if the limit of requests ended it; else the code of the error. */
  result: z.string(),
  /** Number of rows that were received and left out of `exchanges`, so that the file stays small. */
  omittedRows: z.int().min(0),
  /** In order of time. */
  exchanges: z.array(exchangeSchema),
});

const accountSchema = z.strictObject({
  provider: z.string(),
  /** A label that contains nothing of the account's own label, such as `tencent-ccc-1`. */
  account: z.string(),
  timeZone: z.string(),
  /** The masked applications of the account; empty where its vendor has none. */
  applications: z.array(z.string()),
  operations: z.array(operationSchema),
});

/** The schema of a capture file: the requests and responses of accounts, masked. */
export const captureSchema = z.strictObject({
  format: z.literal(CAPTURE_FORMAT),
  /** The start of the capture, in ISO 8601. */
  capturedAt: z.iso.datetime(),
  accounts: z.array(accountSchema),
});

/** A request and its response, masked. */
export type CapturedExchange = z.output<typeof exchangeSchema>;
/** One call of a client's method, and the requests that it caused. */
export type CapturedOperation = z.output<typeof operationSchema>;
/** An account in a capture. */
export type CapturedAccount = z.output<typeof accountSchema>;
/** The content of a capture file. */
export type Capture = z.output<typeof captureSchema>;
