import {
  isListed,
  knownAt,
  progressAt,
  type CallDirection,
  type PlannedCall,
  type VendorRow,
} from "./data/planned-call.js";
import type { Agent } from "./data/roster.js";

/** An emulated call, as far as it has progressed by the vendor's current time. */
export interface EmulatedCall {
  /** The SessionId, callSerialNo or keyId, as a string. */
  id: string;
  /** Tencent's SdkAppId as a string; null for the other vendors. */
  application: string | null;
  /** The direction from the company's side. Huawei has outbound calls only. */
  direction: CallDirection;
  /** `queued`: not yet ringing, in a menu or a queue. */
  progress: "queued" | "ringing" | "talking" | "ended";
  /** The vendor's code for the type of call: CallType, taskType or callType. */
  type: number;
  /** The vendor's code for the end of the call (EndStatus, reasonCode or hangupReason); null while the call has not ended. */
  endCode: number | null;
  /** In the vendor's resolution: whole seconds, for Huawei milliseconds. */
  startedAt: Date;
  /** When the caller entered a queue; null: never, or not yet. */
  queuedAt: Date | null;
  /** When the customer's telephone rang; for an inbound call, the first agent's. */
  ringingAt: Date | null;
  /** When the customer's side and the agent's were connected; null: never, or not yet. */
  answeredAt: Date | null;
  /** Null: not yet. */
  endedAt: Date | null;
  /** When the vendor's list of records first contained the call; null: not yet. */
  listedFrom: Date | null;
  /** Whether the call has been answered. */
  answered: boolean;
  /** Whole seconds as in the vendor's row; 0 for an unanswered call, null while the call has not ended. */
  talkSeconds: number | null;
  /** `system`: neither side hung up; null while the call has not ended. */
  hungUpBy: "agent" | "customer" | "system" | null;
  /** The first agent who answered, else the first agent to whom the call was offered, else null. */
  agent: Agent | null;
  /** The customer's number in the vendor's format. Rows may contain less, because some numbers are protected. */
  customer: string;
  /** The company's number in the vendor's format. */
  line: string;
  /** The vendor's row of the call, from its list of records or, in Tencent's `activeCalls`, from its session list. `callSerialNo` is a string even where the JSON contains a number. */
  readonly row: VendorRow;
}

/** The calls of one vendor, at its current time. */
export interface VendorTruth {
  /** The calls in the vendor's list of records, ascending by `startedAt`. Huawei's list includes calls that have not ended. */
  readonly calls: readonly EmulatedCall[];
  /** The active calls, ascending by `startedAt`. No Itniotech list contains them. */
  readonly activeCalls: readonly EmulatedCall[];
}

export type RowWriter = (call: PlannedCall, now: number) => VendorRow;

function emulatedCall(call: PlannedCall, now: number, writeRow: RowWriter): EmulatedCall {
  const date = (time: number | null) => {
    const known = knownAt(time, now);
    return known === null ? null : new Date(known);
  };
  const progress = progressAt(call, now);
  const hasEnded = progress === "ended";
  return {
    id: call.id,
    application: call.application,
    direction: call.direction,
    progress: progress === "planned" ? "queued" : progress,
    type: call.type,
    endCode: hasEnded ? call.endCode : null,
    startedAt: new Date(call.startedAt),
    queuedAt: date(call.queuedAt),
    ringingAt: date(call.ringingAt),
    answeredAt: date(call.answeredAt),
    endedAt: date(call.endedAt),
    listedFrom: date(call.listedFrom),
    answered: knownAt(call.answeredAt, now) !== null,
    talkSeconds: hasEnded ? call.talkSeconds : null,
    hungUpBy: hasEnded ? call.hungUpBy : null,
    agent: call.agent,
    customer: call.customer,
    line: call.line,
    get row() {
      return writeRow(call, now);
    },
  };
}

/** The calls of one vendor. The list is cached until a call begins, ends, is listed or is removed. */
export class CallTruth implements VendorTruth {
  readonly #planned: readonly PlannedCall[];
  readonly #now: () => number;
  readonly #recordRow: RowWriter;
  readonly #activeRow: RowWriter;
  #listed: readonly EmulatedCall[] = [];
  #validFrom = Number.POSITIVE_INFINITY;
  #validUntil = Number.NEGATIVE_INFINITY;

  constructor(planned: readonly PlannedCall[], now: () => number, recordRow: RowWriter, activeRow: RowWriter) {
    this.#planned = [...planned].sort((one, other) => one.startedAt - other.startedAt);
    this.#now = now;
    this.#recordRow = recordRow;
    this.#activeRow = activeRow;
  }

  get calls(): readonly EmulatedCall[] {
    const now = this.#now();
    if (now < this.#validFrom || now >= this.#validUntil) {
      this.#listed = this.#planned
        .filter((call) => call.startedAt <= now && isListed(call, now))
        .map((call) => emulatedCall(call, now, this.#recordRow));
      this.#validFrom = now;
      this.#validUntil = this.#nextChange(now);
    }
    return this.#listed;
  }

  get activeCalls(): readonly EmulatedCall[] {
    const now = this.#now();
    return this.#planned
      .filter((call) => {
        const progress = progressAt(call, now);
        return progress !== "planned" && progress !== "ended";
      })
      .map((call) => emulatedCall(call, now, this.#activeRow));
  }

  #nextChange(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const call of this.#planned) {
      for (const time of [
        call.startedAt,
        call.ringingAt,
        call.answeredAt,
        call.endedAt,
        call.listedFrom,
        call.removedAt,
      ])
        if (time !== null && time > now && time < next) next = time;
    }
    return next;
  }
}
