import { z } from "zod";
import type { Direction } from "../../model/call-record.js";

/** The filters of `/v3/cc/record/query`. A list matches what has any of its values; it must not be empty. */
export interface ItniotechFilters {
  /** Id of an agent group. */
  voiceGroupId?: number | undefined;
  /** Name of an agent group. */
  sipGroupName?: string | undefined;
  /** Ids of agents. */
  seatId?: number[] | undefined;
  /** Names of agents. */
  seatNameList?: string[] | undefined;
  /** 1 group call to an agent, 2 incoming, 3 outgoing; other integers are sent as they are. */
  callType?: number[] | undefined;
  /**
   * 0 outgoing call not answered, 1 outgoing call hung up, 2 hung up while the agent's telephone rang, 3 passed to an agent and hung up,
   * 4 failed, 5 no service, 6 out of the service area, 7 busy, 8 incoming call not answered, 9 incoming call hung up.
   */
  hangupReason?: number[] | undefined;
  /** A called or calling number. Not documented: whether a part of it matches. */
  calledOrCaller?: string | undefined;
  /** Country codes. Not documented: whether as `86` or as `86(China)`. */
  ccode?: string[] | undefined;
  /** 0 the customer hung up, 1 the agent, 3 neither. */
  hangingDirection?: number[] | undefined;
  /** Names of tags. */
  labelNames?: string[] | undefined;
}

const text = z.string().min(1, "must not be empty").optional();
const integers = z.array(z.int()).min(1, "must not be empty").optional();
const texts = z.array(z.string().min(1, "must not be empty")).min(1, "must not be empty").optional();

export const filtersSchema = z.strictObject({
  voiceGroupId: z.int().optional(),
  sipGroupName: text,
  seatId: integers,
  seatNameList: texts,
  callType: integers,
  hangupReason: integers,
  calledOrCaller: text,
  ccode: texts,
  hangingDirection: integers,
  labelNames: texts,
});

/** The call types of a direction, where the vendor's list of them tells it; a caller's own choice of call types stands. */
export function callTypesOf(filters: Partial<ItniotechFilters>, direction: Direction | null): number[] | undefined {
  if (filters.callType !== undefined) return filters.callType;
  if (direction === "inbound") return [2];
  return direction === "outbound" ? [1, 3] : undefined;
}
