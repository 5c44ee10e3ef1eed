import { oddFields, type OddTimes, type TimeFormat } from "./odd-time.js";
import type { CallDirection, PlannedCall, VendorRow } from "./planned-call.js";
import type { Agent } from "./roster.js";

/** A call for the emulator to return. Only its start is required. */
export interface CustomCall {
  /** The label of the account that has the call; default the vendor's first account. */
  account?: string | undefined;
  /** Default: a unique id in the vendor's format. */
  id?: string | undefined;
  /** Tencent only: the SdkAppId, one of `sdkAppIds`; default the first one. */
  application?: number | undefined;
  /** The start. Tencent and Itniotech have whole seconds, so the fraction is removed. A call with a start in the future appears when the clock reaches it. */
  startedAt: Date;
  /** The time at which it is answered, from the start to the end; default 10 s after the start if that is before the end; null: never. */
  answeredAt?: Date | null | undefined;
  /** The end; default 60 s after the start; null: never. */
  endedAt?: Date | null | undefined;
  /**
   * The time from which the vendor's history contains the call; a later time simulates a late row. Default: the end for Tencent and Itniotech, the start for
   * Huawei, whose history contains calls that have not ended.
   */
  listedFrom?: Date | undefined;
  /** The time at which the vendor removes the call from its history; default never. */
  removedAt?: Date | undefined;
  /** Default `outbound`, or the direction of `type`. Huawei has outbound calls only, and Itniotech no internal ones. */
  direction?: CallDirection | undefined;
  /** The vendor's code for the type of call: Tencent's CallType, Huawei's taskType, Itniotech's callType. */
  type?: number | undefined;
  /** The vendor's code for the end of the call: EndStatus, reasonCode or hangupReason. Default: a common one for an answered or an unanswered call. */
  endCode?: number | undefined;
  /** The customer's number in the vendor's format. */
  customer?: string | undefined;
  /** The company's number in the vendor's format. */
  line?: string | undefined;
  /** Times that are malformed in the vendor's row; default none. They do not change the call or the windows that contain it. */
  oddTimes?: OddTimes | undefined;
  /** Fields that replace those in the vendor's row, to return undocumented values. They are read for each response, so a getter can change a field's value. */
  row?: VendorRow | undefined;
}

/** A vendor's defaults for custom calls. */
export interface CustomCallDefaults {
  id(index: number, startedAt: number): string;
  application(call: CustomCall): string | null;
  type(direction: CallDirection): number;
  directionOf(type: number): CallDirection;
  endCode(answered: boolean, type: number): number;
  /** The vendor's time format. */
  timeFormat: TimeFormat;
  /** Resolution of times, in milliseconds. */
  stepMs: number;
  listedFrom: "start" | "end";
  agent: Agent;
  customer: string;
  line: string;
}

/** The duration of a call without an end. */
export const DEFAULT_DURATION_MS = 60_000;
/** The seed of a custom call's row: it has no protected or masked numbers, the types of the samples, and no random fields. */
const PLAIN_SEED = 152;

export function planCustomCalls(calls: readonly CustomCall[], defaults: CustomCallDefaults): PlannedCall[] {
  return calls.map((call, index) => {
    const truncated = (time: number) => Math.floor(time / defaults.stepMs) * defaults.stepMs;
    const startedAt = truncated(call.startedAt.getTime());
    const endedAt =
      call.endedAt === null ? null : truncated(call.endedAt?.getTime() ?? startedAt + DEFAULT_DURATION_MS);
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

/** Preserves getters among the fields of `row`. */
function overridesOf(
  { oddTimes, row }: CustomCall,
  times: Parameters<typeof oddFields>[1],
  { timeFormat }: CustomCallDefaults,
): VendorRow | null {
  if (oddTimes === undefined) return row ?? null;
  const odd = oddFields(oddTimes, times, timeFormat);
  return row === undefined ? odd : Object.defineProperties(odd, Object.getOwnPropertyDescriptors(row));
}
