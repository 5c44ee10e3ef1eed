import { CallRecordsError } from "call-records";
import type { Response } from "../process.js";

/** What a process does with each question. It ends with the process that started it. */
export function serve(work: (question: never) => Promise<unknown>): void {
  const responseTo = async (question: unknown): Promise<Response> => {
    try {
      return { value: (await work(question as never)) ?? null };
    } catch (error) {
      if (error instanceof CallRecordsError) return { error: error.toJSON() };
      throw error;
    }
  };
  process.on("message", (question) => {
    void responseTo(question).then((response) => process.send?.(response));
  });
  process.once("disconnect", () => {
    process.exit();
  });
  process.send?.("ready");
}
