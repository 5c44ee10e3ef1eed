#!/usr/bin/env node
import { CommanderError } from "commander";
import { ExitCode } from "./exit-code.js";
import { makeProgram } from "./program.js";

// Whoever reads has seen enough, such as `| head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(ExitCode.whole);
  throw error;
});

try {
  await makeProgram().parseAsync();
} catch (error) {
  // What commander has to say it has said.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? ExitCode.whole : ExitCode.usage;
  else process.exitCode = (await import("./failure.js")).tellFailure(error);
}
