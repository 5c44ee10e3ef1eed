import { type CallRecord, maskNumbers } from "../index.js";
import { maskKeySchema } from "../privacy/mask-key.js";
import { UsageError } from "./exit-code.js";
import type { Printer } from "./output/columns.js";

/** The options that name the variables of keys. */
export interface KeyOptions {
  maskKeyEnv?: string;
  forgetKeyEnv?: string;
}

/**
 * Returns the key in the environment variable that an option names; null without the option. No message contains the name, because a user may pass the key in its place.
 * @throws UsageError if the variable is not set, or the key is too short.
 */
function readKey(option: string, name: string | undefined): string | null {
  if (name === undefined) return null;
  const key = process.env[name];
  if (key === undefined || key === "")
    throw new UsageError(
      `${option}: there is no such environment variable, or it is empty. Pass the name of a variable, not the key.`,
    );
  const read = maskKeySchema.safeParse(key);
  if (read.success) return key;
  throw new UsageError(`${option}: the key in the variable ${read.error.issues[0]?.message ?? "is invalid"}.`);
}

/** Returns the function that masks a call as `--mask-key-env` requests, else leaves it as it is. @throws UsageError if there is no valid key. */
export function callMask({ maskKeyEnv }: KeyOptions): (call: CallRecord) => CallRecord {
  const key = readKey("--mask-key-env", maskKeyEnv);
  return key === null ? (call) => call : (call) => maskNumbers(call, { key });
}

/** Returns the options of a database in which calls are masked and customers are forgotten. @throws UsageError as above. */
export function databaseKeys({ maskKeyEnv, forgetKeyEnv }: KeyOptions) {
  const mask = readKey("--mask-key-env", maskKeyEnv);
  const forgetKey = readKey("--forget-key-env", forgetKeyEnv);
  return { ...(mask === null ? {} : { mask: { key: mask } }), ...(forgetKey === null ? {} : { forgetKey }) };
}

/** Returns a printer that changes each row before it prints it. */
export function changingPrinter<Row, Output extends string | Uint8Array>(
  printer: Printer<Row, Output>,
  change: (row: Row) => Row,
): Printer<Row, Output> {
  return {
    begin: () => printer.begin(),
    rows: (rows) => printer.rows(rows.map(change)),
    end: () => printer.end(),
    ...(printer.note === undefined ? {} : { note: printer.note }),
  };
}

/** Returns a stream with each of its calls changed. */
export async function* changedCalls(
  calls: AsyncIterable<CallRecord>,
  change: (call: CallRecord) => CallRecord,
): AsyncGenerator<CallRecord, void, undefined> {
  for await (const call of calls) yield change(call);
}
