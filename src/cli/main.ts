#!/usr/bin/env node
import { CommanderError } from "commander";
import { ExitCode } from "./exit-code.js";
import { makeProgram } from "./program.js";

async function reportFailure(error: unknown): Promise<ExitCode> {
  return (await import("./failure.js")).reportFailure(error);
}

// A terminal whose size was never set, such as the terminal of a job, reports a size of 0.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.columns === 0) stream.columns = 80;
  if (stream.rows === 0) stream.rows = 24;
}

/** Ctrl-C ends both processes of a pipe, and Node may report the broken pipe before the signal. This is the time to wait for the signal. */
const SIGNAL_MS = 50;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader has closed the pipe, such as `| head`, or was interrupted too.
  if (error.code === "EPIPE") setTimeout(() => process.exit(process.exitCode ?? ExitCode.complete), SIGNAL_MS);
  else void reportFailure(error).then((code) => process.exit(code));
});
// Nobody reads the messages, but the data is still written.
process.stderr.on("error", () => undefined);

try {
  await makeProgram().parseAsync();
} catch (error) {
  // Commander has already printed its message.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.complete : ExitCode.usage;
  else process.exitCode = await reportFailure(error);
}
