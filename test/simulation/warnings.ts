import type { ClientEvent } from "../../src/index.js";

/** A warning that was heard. */
export interface Heard {
  account: string;
  message: string;
}

/** What warnings tell, by words of their messages. */
const KINDS = {
  "unverified end": /its end is not verified/,
  "no total": /neither rows nor a total/,
  "suspected retention": /`suspectedRetentionSeconds`/,
  "stray start": /a window listed a call that did not start in it/,
  "long call": /which is longer than `longestCallSeconds`/,
  "impossible time": /It is null in the call/,
  "unreadable row": /`unreadableRows: "report"`/,
  "vendor down": /is not retried: most recent requests of this account have failed/,
  "wrong clock": /Correct the clock/,
  "out of order": /came after later calls had been delivered/,
  "without duration": /an answered call without an end and without a duration/,
  "never closed": /a call that has not ended and began more than/,
  "short snapshot": /it does not add up/,
  "changed option": /in the last pass of this sync/,
} satisfies Record<string, RegExp>;

export type WarningKind = keyof typeof KINDS;

/** Null: none that is known. */
export function kindOf({ message }: Heard): WarningKind | null {
  for (const [kind, words] of Object.entries(KINDS)) if (words.test(message)) return kind as WarningKind;
  return null;
}

/** The warnings among a client's events, as they come. */
export function listen(heard: Heard[]): (event: ClientEvent) => void {
  return (event) => {
    if (event.type === "warning") heard.push({ account: event.account, message: event.message });
  };
}

/** Warnings that nothing accounts for. @param mayTell whether a kind may come of an account. */
export function* unaccounted(
  heard: readonly Heard[],
  mayTell: (kind: WarningKind, account: string) => boolean,
): Generator<string> {
  for (const warning of heard) {
    const kind = kindOf(warning);
    if (kind === null || !mayTell(kind, warning.account))
      yield `a warning (${kind ?? "of no known kind"}) that nothing here accounts for: ${warning.message}`;
  }
}

export function tells(heard: readonly Heard[], kind: WarningKind, account: string): boolean {
  return heard.some((warning) => warning.account === account && kindOf(warning) === kind);
}
