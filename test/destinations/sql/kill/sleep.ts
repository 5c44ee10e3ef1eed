import { isDeepStrictEqual } from "node:util";
import type { Pass, Writer, WriterMessage } from "./pass.js";
import { readStored } from "./stored.js";

/** The time by which a sleeper sleeps longer than its lease. */
const LONGER_MS = 300;
/** The lease of the second writer, which must not expire on a busy machine. */
const SECOND_LEASE_SECONDS = 60;
/** A sleeper may hold a lock of the database, so that the second writer waits for it. */
const SECOND_MS = 5_000;

export interface Slept {
  violations: string[];
  /** Whether a write of the sleeper was refused after it had woken up. */
  wasRefused: boolean;
}

/**
 * Pauses a writer for longer than its lease, and lets a second writer take over.
 * @param second null if no other process can open the database meanwhile.
 */
export async function sleepPastLease(sleeper: Writer, second: Writer | null, pass: Pass): Promise<Slept> {
  sleeper.pause();
  await wait(pass.leaseSeconds * 1000 + LONGER_MS);
  // What the sleeper reported before its pause may have been on its way until now.
  const before = sleeper.messages.length;
  let finished = false;
  if (second !== null) {
    await second.run({ ...pass, leaseSeconds: SECOND_LEASE_SECONDS }, null);
    finished = await Promise.race([second.ended().then(() => true), wait(SECOND_MS).then(() => false)]);
  }
  const stored = finished ? await readStored(pass.target) : null;
  sleeper.resume();
  const last = await sleeper.ended();
  const violations: string[] = [];
  if (stored !== null && !isDeepStrictEqual(stored, await readStored(pass.target)))
    violations.push("a sleeper wrote after another writer had taken over");
  for (const account of wroteTooLate(sleeper.messages.slice(before), last))
    violations.push(`a sleeper wrote calls of ${account} after its lease had expired`);
  if (second !== null) {
    const end = await second.ended();
    if (end.event === "failed") violations.push(`the second writer failed: ${end.text}`);
  }
  return { violations, wasRefused: last.event === "failed" && last.isLeaseLost };
}

/** Returns the accounts of which a write was not refused. Of each account, one write whose commit had been sent may be reported only after the sleep. */
function wroteTooLate(messages: readonly WriterMessage[], last: WriterMessage): string[] {
  const accountsOf = (wanted: WriterMessage["event"]) =>
    messages.flatMap((message) => (message.event === wanted && "account" in message ? [message.account] : []));
  const [begun, written] = [accountsOf("writing"), accountsOf("written")];
  return [...new Set(written)].filter((account) => {
    const count = written.filter((one) => one === account).length;
    return count > 1 || (begun.includes(account) && last.event === "done");
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
