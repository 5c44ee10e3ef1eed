/** The end of a call: the documented reason and the other fields that depend on it. */
export interface Ending {
  /** hangupReason */
  reason: number;
  /** hangupCode: the SIP code; the sample has "1" for a successful call. */
  code: string;
  /** errorReason; "sucess" is the sample's spelling. */
  text: string;
  /** Whether the customer's telephone rang. */
  rang: boolean;
}

type Endings = readonly [readonly [Ending, number], ...(readonly [Ending, number])[]];

const ended = (reason: number, code: string, text: string, rang = true): Ending => ({ reason, code, text, rang });
const good = (reason: number): Ending => ended(reason, "1", "sucess call(200)");

/** The ending of an answered call, by callType (1 group call to agent, 2 incoming, 3 outgoing). */
export const ANSWERED_ENDINGS: Record<number, Ending> = { 1: good(3), 2: good(9), 3: good(1) };

const UNREACHED: Endings = [
  [ended(0, "480", "Temporarily Unavailable(480)"), 40],
  [ended(0, "487", "Request Terminated(487)"), 12],
  [ended(7, "486", "Busy Here(486)"), 18],
  [ended(4, "503", "Service Unavailable(503)", false), 12],
  [ended(6, "404", "Not Found(404)", false), 10],
  [ended(5, "403", "Forbidden(403)", false), 8],
];

/** The endings of an unanswered call, by callType. */
export const MISSED_ENDINGS: Record<number, Endings> = {
  // The customer picked up the group call and hung up before an agent was connected.
  1: [[ended(2, "487", "Request Terminated(487)"), 30], ...UNREACHED],
  2: [
    [ended(8, "487", "Request Terminated(487)"), 90],
    [ended(8, "480", "Temporarily Unavailable(480)"), 10],
  ],
  3: UNREACHED,
};

const ALL: readonly Ending[] = [
  ...Object.values(ANSWERED_ENDINGS),
  ...Object.values(MISSED_ENDINGS).flatMap((endings) => endings.map(([ending]) => ending)),
];

/** Returns the ending with this reason. The seed selects among several. */
export function endingOf(reason: number, seed: number): Ending {
  const candidates = ALL.filter((ending) => ending.reason === reason);
  return candidates[seed % Math.max(1, candidates.length)] ?? ended(reason, "500", "unknown(500)");
}
