#!/usr/bin/env node
import { CommanderError } from "commander";
import { ExitCode } from "./exit-code.js";
import { makeProgram } from "./program.js";

async function tellFailure(error: unknown): Promise<ExitCode> {
  return (await import("./failure.js")).tellFailure(error);
}

// A terminal that nobody has told its size, such as that of a job, says that it is of no size at all.
for (const stream of [process.stdout, process.stderr]) {
  if (stream.columns === 0) stream.columns = 80;
  if (stream.rows === 0) stream.rows = 24;
}

/** Ctrl-C ends both ends of a pipe, and Node tells of the pipe first: so long is waited for the signal. */
const SIGNAL_MS = 50;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // Whoever reads has seen enough, such as `| head`, or was interrupted as well.
  if (error.code === "EPIPE") setTimeout(() => process.exit(process.exitCode ?? ExitCode.whole), SIGNAL_MS);
  else void tellFailure(error).then((code) => process.exit(code));
});
// Nobody listens to what is said besides. The data still matters.
process.stderr.on("error", () => undefined);

try {
  await makeProgram().parseAsync();
} catch (error) {
  // What commander has to say it has said.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.whole : ExitCode.usage;
  else process.exitCode = await tellFailure(error);
}
