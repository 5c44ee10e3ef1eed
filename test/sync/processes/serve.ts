import { CallRecordsError } from "call-records";
import type { CommandResult } from "../process.js";

/** Handles each message with `work` and sends its result to the parent. The process ends with its parent. */
export function serve(work: (command: never) => Promise<unknown>): void {
  const run = async (command: unknown): Promise<CommandResult> => {
    try {
      return { value: (await work(command as never)) ?? null };
    } catch (error) {
      if (error instanceof CallRecordsError) return { error: error.toJSON() };
      throw error;
    }
  };
  process.on("message", (command) => {
    void run(command).then((result) => process.send?.(result));
  });
  process.once("disconnect", () => {
    process.exit();
  });
  process.send?.("ready");
}
