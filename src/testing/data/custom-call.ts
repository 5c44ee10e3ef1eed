import { oddFields, type OddTimes, type TimeFormat } from "./odd-time.js";
import type { CallDirection, PlannedCall, VendorRow } from "./planned-call.js";
import type { Agent } from "./roster.js";

/** A call of your own for the emulator to serve. Everything but its start has a default. */
export interface CustomCall {
  /** Default: one of the vendor's form, unique. */
  id?: string;
  /** Tencent only: the SdkAppId; default the first one. */
  application?: number;
  /** When it begins. Tencent and Itniotech know whole seconds: the rest is cut off. A time to come is fine: the call appears when the clock gets there. */
  startedAt: Date;
  /** When it is answered; default 10 s after the start when that is before the end; null: never. */
  answeredAt?: Date | null;
  /** When it ends; default 60 s after the start; null: it goes on for ever. */
  endedAt?: Date | null;
  /**
   * From when on the vendor's history shows it; a later time makes a row that arrives late. Default: the end for Tencent and Itniotech, the start for
   * Huawei, whose history shows calls that have not ended.
   */
  listedFrom?: Date;
  /** From when on the vendor's history does not show it any more; default never. */
  removedAt?: Date;
  /** Default `outbound`, or what `type` says. */
  direction?: CallDirection;
  /** The vendor's code of how it was set up: Tencent's CallType, Huawei's taskType, Itniotech's callType. */
  type?: number;
  /** The vendor's code of how it ended: EndStatus, reasonCode, hangupReason. Default: a usual one for answered or not answered. */
  endCode?: number;
  /** The customer's number as the vendor writes it. */
  customer?: string;
  /** The company's number as the vendor writes it. */
  line?: string;
  /** Times that the vendor's row of the call does not tell as they are; default none. The call itself, and the windows that it is in, are as the other fields say. */
  oddTimes?: OddTimes;
  /** Fields to put over the vendor's row, to serve what no documentation foresees. They are read for each answer anew: a getter makes a field that changes. */
  row?: VendorRow;
}

/** What a vendor fills in where a custom call leaves something out. */
export interface CustomCallDefaults {
  id(index: number, startedAt: number): string;
  application(call: CustomCall): string | null;
  type(direction: CallDirection): number;
  directionOf(type: number): CallDirection;
  endCode(answered: boolean, type: number): number;
  /** How it writes times. */
  timeFormat: TimeFormat;
  /** Steps of the vendor's times, in milliseconds. */
  stepMs: number;
  listedFrom: "start" | "end";
  agent: Agent;
  customer: string;
  line: string;
}

/** A custom call's row is plain, whatever else the vendors write: nothing protected or masked, the samples' types, no field left to chance. */
const PLAIN_SEED = 152;

export function planCustomCalls(calls: readonly CustomCall[], defaults: CustomCallDefaults): PlannedCall[] {
  return calls.map((call, index) => {
    const truncated = (time: number) => Math.floor(time / defaults.stepMs) * defaults.stepMs;
    const startedAt = truncated(call.startedAt.getTime());
    const endedAt = call.endedAt === null ? null : truncated(call.endedAt?.getTime() ?? startedAt + 60_000);
    if (endedAt !== null && endedAt < startedAt) throw new RangeError(`Custom call ${index} ends before it starts.`);
    const usual = endedAt === null || startedAt + 10_000 < endedAt ? startedAt + 10_000 : null;
    const answeredAt =
      call.answeredAt === undefined ? usual : call.answeredAt === null ? null : truncated(call.answeredAt.getTime());
    const direction = call.direction ?? (call.type === undefined ? "outbound" : defaults.directionOf(call.type));
    const type = call.type ?? defaults.type(direction);
    const listed =
      call.listedFrom?.getTime() ??
      (defaults.listedFrom === "start" ? startedAt : (endedAt ?? Number.POSITIVE_INFINITY));
    const ring = startedAt + 3000;
    return {
      id: call.id ?? defaults.id(index, startedAt),
      application: defaults.application(call),
      direction,
      type,
      endCode: call.endCode ?? defaults.endCode(answeredAt !== null, type),
      startedAt,
      queuedAt: direction === "inbound" ? startedAt : null,
      ringingAt: ring <= (answeredAt ?? endedAt ?? ring) ? ring : startedAt,
      answeredAt,
      endedAt,
      listedFrom: listed,
      removedAt: call.removedAt?.getTime() ?? Number.POSITIVE_INFINITY,
      talkSeconds: answeredAt === null || endedAt === null ? 0 : Math.floor((endedAt - answeredAt) / 1000),
      hungUpBy: answeredAt === null ? "system" : "customer",
      missedBy: null,
      agent: defaults.agent,
      transferredTo: null,
      customer: call.customer ?? defaults.customer,
      line: call.line ?? defaults.line,
      country: "86(China)",
      seed: PLAIN_SEED,
      overrides: overridesOf(call, { startedAt, answeredAt, endedAt }, defaults),
    };
  });
}

/** A getter among the fields of `row` stays one. */
function overridesOf(
  { oddTimes, row }: CustomCall,
  times: Parameters<typeof oddFields>[1],
  { timeFormat }: CustomCallDefaults,
): VendorRow | null {
  if (oddTimes === undefined) return row ?? null;
  const odd = oddFields(oddTimes, times, timeFormat);
  return row === undefined ? odd : Object.defineProperties(odd, Object.getOwnPropertyDescriptors(row));
}
