import { AbortedError, CallRecordsError } from "../model/errors.js";
import { ExitCode } from "./exit-code.js";
import { stderrColors } from "./terminal/colors.js";
import { neutral } from "./terminal/neutral.js";
import { oneLine } from "./terminal/one-line.js";
import { UsageError } from "./usage-error.js";

/** Says on standard error what went wrong, and answers with which code to end. */
export function tellFailure(error: unknown): ExitCode {
  const { red } = stderrColors();
  process.stderr.write(`${red("error:")} ${neutral(describe(error))}\n`);
  return codeFor(error);
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  // It may quote a vendor.
  if (error instanceof CallRecordsError) return oneLine(error.message);
  if (!(error instanceof Error)) return String(error);
  // The file system's own words name the file; everything else is a defect of ours, and its stack is what we want to be told.
  return "syscall" in error ? error.message : (error.stack ?? error.message);
}

function codeFor(error: unknown): ExitCode {
  if (error instanceof UsageError) return ExitCode.usage;
  if (error instanceof AbortedError) return ExitCode.interrupted;
  if (!(error instanceof CallRecordsError)) return ExitCode.failed;
  const isOurs = error.code === "configuration" || error.code === "request" || error.code === "unsupported";
  // A vendor that refuses a request as wrong says so with a code of its own.
  return isOurs && error.vendorCode === null ? ExitCode.usage : ExitCode.failed;
}
