/** How a call ended: the documented reason, and what the row says with it. */
export interface Ending {
  /** hangupReason */
  reason: number;
  /** The SIP code, as in `hangupCode`; the sample has "1" for a call that went well. */
  code: string;
  /** errorReason; "sucess" is the sample's own spelling. */
  text: string;
  /** Whether the customer's telephone rang. */
  rang: boolean;
}

type Endings = readonly [readonly [Ending, number], ...(readonly [Ending, number])[]];

const ended = (reason: number, code: string, text: string, rang = true): Ending => ({ reason, code, text, rang });
const good = (reason: number): Ending => ended(reason, "1", "sucess call(200)");

/** By callType (1 group call to agent, 2 incoming, 3 outgoing): the ending of an answered call. */
export const ANSWERED_ENDINGS: Record<number, Ending> = { 1: good(3), 2: good(9), 3: good(1) };

const UNREACHED: Endings = [
  [ended(0, "480", "Temporarily Unavailable(480)"), 40],
  [ended(0, "487", "Request Terminated(487)"), 12],
  [ended(7, "486", "Busy Here(486)"), 18],
  [ended(4, "503", "Service Unavailable(503)", false), 12],
  [ended(6, "404", "Not Found(404)", false), 10],
  [ended(5, "403", "Forbidden(403)", false), 8],
];

/** By callType: the endings of a call that was not answered. */
export const MISSED_ENDINGS: Record<number, Endings> = {
  // The customer picked up the group call and left while it was being put through: no agent spoke with them.
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

/** What a row says with a reason; where a reason has several texts, the one that this seed picks. */
export function endingOf(reason: number, seed: number): Ending {
  const candidates = ALL.filter((ending) => ending.reason === reason);
  return candidates[seed % Math.max(1, candidates.length)] ?? ended(reason, "500", "unknown(500)");
}
