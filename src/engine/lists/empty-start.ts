import type { MappedCall } from "../../contract/mapped-call.js";
import { toInterval } from "./intervals.js";
import type { Source } from "./list-source.js";

/** A shorter interval may be a night without calls. */
const MIN_EMPTY_MS = 86_400_000;

/** Checks how far back the calls of one reading reach. */
export interface EmptyStartCheck {
  /** Records the start of a call in a row, whether or not the call is selected. */
  see(startedAt: number): void;
  /** Yields all items of the reading, and checks the read windows after the last one. */
  checkAfter<Read>(reading: AsyncGenerator<Read, void, undefined>): AsyncGenerator<Read, void, undefined>;
}

/**
 * Warns if the reading began before a suspected retention limit, and its oldest windows held no call. A vendor that deleted old calls sends the same
 * responses as one that never had any.
 */
export function emptyStartCheck(source: Source<MappedCall>): EmptyStartCheck {
  let earliest = Number.POSITIVE_INFINITY;
  return {
    see: (startedAt) => {
      earliest = Math.min(earliest, startedAt);
    },
    checkAfter: async function* (reading) {
      yield* reading;
      // A window counts as read once the consumer has acknowledged its rows.
      source.progress.afterAcknowledged(() => {
        warnOfEmptyStart(source, earliest);
      });
    },
  };
}

function warnOfEmptyStart({ session, plan, coverage }: Source<MappedCall>, earliest: number): void {
  const { suspectedRetentionSeconds = null } = plan.operation;
  if (suspectedRetentionSeconds === null || plan.coverage === null || coverage === null) return;
  const suspected = session.clock.now() - suspectedRetentionSeconds * 1000;
  const { range, readable } = plan.coverage;
  const from = Math.max(range.spans[0]?.from ?? Number.POSITIVE_INFINITY, readable.from);
  const empty = coverage.readInAll
    .intersect(range)
    .before(earliest)
    .spans.find((span) => span.from <= from);
  if (empty === undefined || Math.min(empty.to, suspected) - empty.from < MIN_EMPTY_MS) return;
  const { name: operation } = plan.operation;
  const { from: emptyFrom, to } = toInterval(empty);
  session.warn(
    operation,
    `${operation}: the vendor listed no call that started between ${emptyFrom} and ${to}. It may keep calls for only ${suspectedRetentionSeconds} seconds (\`suspectedRetentionSeconds\`): ` +
      "older calls may be lost, and the report cannot show that. If the vendor confirms a limit, set `retentionSeconds`. `client.probe` measures how far back calls reach.",
  );
}
