import { once } from "node:events";
import { startVendorEmulator } from "../../testing/index.js";
import { ExitCode } from "../exit-code.js";
import { listenForInterruption } from "../interruption.js";
import { type Verbosity, Messages } from "../terminal/messages.js";

export interface EmulatorCommandOptions extends Verbosity {
  seed: number;
  days: number;
  callsPerDay: number;
  latency: number;
}

/** Starts three emulated vendors, prints their environment variables, and runs until it is interrupted. */
export async function emulator(options: EmulatorCommandOptions): Promise<ExitCode> {
  const messages = new Messages(options);
  const interruption = listenForInterruption();
  const { seed, days, callsPerDay, latency: latencyMs } = options;
  const running = await startVendorEmulator({ seed, days, callsPerDay, latencyMs });
  for (const [name, value] of Object.entries(running.environment())) process.stdout.write(`export ${name}=${value}\n`);
  messages.info(
    "Three emulated vendors run until Ctrl-C. Paste these lines into another terminal, and run call-records there.",
  );
  if (!interruption.signal.aborted) await once(interruption.signal, "abort");
  await running.close();
  return interruption.exitCode() ?? ExitCode.interrupted;
}
