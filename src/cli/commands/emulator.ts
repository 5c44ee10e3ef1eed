import { once } from "node:events";
import type { Command } from "commander";
import { startVendorEmulator } from "../../testing/index.js";
import { runChild } from "../child-command.js";
import { ExitCode, UsageError } from "../exit-code.js";
import { listenForInterruption } from "../interruption.js";
import { type Verbosity, Messages } from "../terminal/messages.js";

export interface EmulatorCommandOptions extends Verbosity {
  seed: number;
  days: number;
  callsPerDay: number;
  latency: number;
  /** The port of the first vendor; 0 for free ports. */
  port: number;
}

/**
 * Starts three emulated vendors. Without a command, prints their environment variables and runs until it is interrupted. With a command, runs it with these
 * variables, and returns its exit code.
 */
export async function emulator(options: EmulatorCommandOptions, { args }: Command): Promise<number> {
  const running = await start(options);
  const variables = running.environment();
  try {
    const [program, ...operands] = args;
    if (program !== undefined) return await runChild(program, operands, variables);
    const messages = new Messages(options);
    const interruption = listenForInterruption();
    for (const [name, value] of Object.entries(variables)) process.stdout.write(`export ${name}=${value}\n`);
    messages.info(
      "Three emulated vendors run until Ctrl-C. Paste these lines into another terminal, and run call-records there.",
    );
    if (!interruption.signal.aborted) await once(interruption.signal, "abort");
    return interruption.exitCode() ?? ExitCode.interrupted;
  } finally {
    await running.close();
  }
}

/** @throws UsageError if the ports are not available. */
async function start({ seed, days, callsPerDay, latency: latencyMs, port }: EmulatorCommandOptions) {
  try {
    return await startVendorEmulator({ seed, days, callsPerDay, latencyMs, port });
  } catch (error) {
    if (port === 0 || !(error instanceof Error)) throw error;
    const reason = error.message.replace(/^startVendorEmulator: option `port`: /, "").replace(/\.$/, "");
    throw new UsageError(`--port ${port}: the emulator cannot start: ${reason}. Choose another port.`);
  }
}
