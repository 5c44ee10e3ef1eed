import type { ClientEvent } from "../../src/index.js";

/** A warning of the client. */
export interface ClientWarning {
  account: string;
  message: string;
}

/** The kinds of warnings, by a part of their messages. */
export const KINDS = {
  "unverified end": /its end is not verified/,
  "no total": /neither rows nor a total/,
  "suspected retention": /`suspectedRetentionSeconds`/,
  "start filter": /a window listed a call that did not start in it/,
  "long call": /which is longer than `longestCallSeconds`/,
  "impossible time": /It is null in the call/,
  "unreadable row": /`unreadableRows: "report"`/,
  "vendor down": /is not retried: most recent requests of this account have failed/,
  "wrong clock": /Correct the clock/,
  "out of order": /came after its place in the order of time had been passed/,
  "without duration": /an answered call without an end and without a duration/,
  "never closed": /a call that has not ended and began more than/,
  "short snapshot": /it does not add up/,
  "changed option": /in the last pass of this sync/,
} satisfies Record<string, RegExp>;

export type WarningKind = keyof typeof KINDS;

/** Returns the kind of a warning; null if it is unknown. */
export function kindOf({ message }: ClientWarning): WarningKind | null {
  for (const [kind, words] of Object.entries(KINDS)) if (words.test(message)) return kind as WarningKind;
  return null;
}

/** Returns a listener that collects the warnings of a client. */
export function listen(warnings: ClientWarning[]): (event: ClientEvent) => void {
  return (event) => {
    if (event.type === "warning") warnings.push({ account: event.account, message: event.message });
  };
}

/** Returns the unexpected warnings. @param mayWarn whether a kind is possible for an account. */
export function* unexpectedWarnings(
  warnings: readonly ClientWarning[],
  mayWarn: (kind: WarningKind, account: string) => boolean,
): Generator<string> {
  for (const warning of warnings) {
    const kind = kindOf(warning);
    if (kind === null || !mayWarn(kind, warning.account))
      yield `an unexpected warning (${kind ?? "of an unknown kind"}): ${warning.message}`;
  }
}

export function hasWarning(warnings: readonly ClientWarning[], kind: WarningKind, account: string): boolean {
  return warnings.some((warning) => warning.account === account && kindOf(warning) === kind);
}
