import {
  isListed,
  knownAt,
  progressAt,
  type CallDirection,
  type PlannedCall,
  type VendorRow,
} from "./data/planned-call.js";
import type { Agent } from "./data/roster.js";
import type { WorkbenchKeys } from "./huawei-cec/workbench.js";
import type { TencentUsage } from "./tencent-ccc/usage.js";

/** A call as it really was, up to the vendor's now. */
export interface EmulatedCall {
  /** SessionId, callSerialNo or keyId, as a string. */
  id: string;
  /** Tencent's SdkAppId as a string; null for the others. */
  application: string | null;
  /** Seen from the company. Huawei has outbound calls only. */
  direction: CallDirection;
  /** `planned` does not occur. `queued`: not yet ringing, in a menu or a queue. */
  progress: "queued" | "ringing" | "talking" | "ended";
  /** The vendor's code of how it was set up: CallType, taskType, callType. */
  type: number;
  /** The vendor's code of how it ended (EndStatus, reasonCode, hangupReason), or null while it has not. */
  endCode: number | null;
  /** In the vendor's steps: whole seconds, of Huawei milliseconds. */
  startedAt: Date;
  /** When the caller was put into a queue; null: never, or not yet. */
  queuedAt: Date | null;
  /** When the customer was rung, or of an inbound call the first agent. */
  ringingAt: Date | null;
  /** When the customer's side and the agent's were connected; null: never, or not yet. */
  answeredAt: Date | null;
  /** Null: not yet. */
  endedAt: Date | null;
  /** When the vendor's list of records began to show it; null: not yet. */
  listedFrom: Date | null;
  /** Whether it has been answered by now. */
  answered: boolean;
  /** Whole seconds as the vendor says; 0 where nobody answered, null while the call has not ended. */
  talkSeconds: number | null;
  /** `system`: nobody hung up; null while the call has not ended. */
  hungUpBy: "agent" | "customer" | "system" | null;
  /** The first who answered, else the first who was given the call, else null. */
  agent: Agent | null;
  /** As the vendor writes it. Rows may show less: some numbers are protected. */
  customer: string;
  /** The company's number, as the vendor writes it. */
  line: string;
  /** The vendor's row for it: of its list of records, or in Tencent's `activeCalls` of its session list. `callSerialNo` is a string here even where JSON has a number. */
  readonly row: VendorRow;
}

/** What one vendor has. Every reading is of the vendor's now. */
export interface VendorTruth {
  /** All that the list of records shows now, ascending by `startedAt`: of Huawei with the calls that have not ended. */
  readonly calls: readonly EmulatedCall[];
  /** The calls going on now, ascending by `startedAt`. No list of Itniotech's shows them. */
  readonly activeCalls: readonly EmulatedCall[];
}

/** What Tencent has. */
export interface TencentTruth extends VendorTruth {
  /** For each application and each day in which it has calls: what DescribeTelCallInfo counts. */
  readonly usage: readonly TencentDayUsage[];
  /** The count for several applications, over `[from, to)`; `seats` do not add up, which is why this is not a sum of `usage`. */
  usageOf(sdkAppIds: readonly number[], from: Date, to: Date): TencentUsage;
}

/** What Huawei has. */
export interface HuaweiTruth extends VendorTruth {
  /** The keys that `queryCallInfoByCallId` wants for a call of `activeCalls`, by its id; null for a call without an agent. */
  workbenchKeys(id: string): WorkbenchKeys | null;
}

/** Minutes and seats of one application on one day. */
export interface TencentDayUsage extends TencentUsage {
  /** The SdkAppId, as a string. */
  application: string;
  /** `yyyy-MM-dd` in the emulator's zone. */
  day: string;
  /** The first instant of the day. */
  from: Date;
  /** The first instant of the next. */
  to: Date;
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

/** Tells the truth of a vendor's calls. The list is made once, and again when a call has begun, ended, been listed or been removed since. */
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
