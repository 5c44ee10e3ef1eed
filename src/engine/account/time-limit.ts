import type { Clock } from "./clock.js";

/** Why a timer is stopped whose time did not come: said once, for without it a new exception is made each time. */
const IN_TIME = new Error("in time");

/** Does a piece of work. Where that takes longer than it may, `late` is called, which is to end it. */
export async function withTimeLimit<Result>(clock: Clock, ms: number, late: () => void, work: () => Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  clock.sleep(ms, timer.signal).then(late, () => undefined);
  try {
    return await work();
  } finally {
    timer.abort(IN_TIME);
  }
}
