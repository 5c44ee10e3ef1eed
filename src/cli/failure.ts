import { AbortedError, CallRecordsError } from "../model/errors.js";
import { ExitCode } from "./exit-code.js";
import { stderrColors } from "./terminal/colors.js";
import { sanitize } from "./terminal/sanitize.js";
import { messageOf } from "./terminal/option-names.js";
import { UsageError } from "./exit-code.js";

/** Writes the error to standard error, and returns the exit code. */
export function reportFailure(error: unknown): ExitCode {
  const { red } = stderrColors();
  process.stderr.write(`${red("error:")} ${sanitize(describe(error))}\n`);
  return codeFor(error);
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  // The message may quote a vendor.
  if (error instanceof CallRecordsError) return messageOf(error.message);
  if (!(error instanceof Error)) return String(error);
  // A message of the file system names the file. Any other error is a bug in this program, so its stack is printed.
  return "syscall" in error ? error.message : (error.stack ?? error.message);
}

function codeFor(error: unknown): ExitCode {
  if (error instanceof UsageError) return ExitCode.usage;
  if (error instanceof AbortedError) return ExitCode.interrupted;
  if (!(error instanceof CallRecordsError)) return ExitCode.failed;
  const isUsage = error.code === "configuration" || error.code === "request" || error.code === "unsupported";
  // An error with a vendor code comes from the vendor's response, not from the arguments.
  return isUsage && error.vendorCode === null ? ExitCode.usage : ExitCode.failed;
}
