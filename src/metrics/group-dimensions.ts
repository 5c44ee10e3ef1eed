import type { CallRecord } from "../index.js";
import type { GroupDimension } from "./metrics-options.js";

/** The value of a dimension while calls are counted: a number is faster to compute and to look up than its text. */
export type DimensionValue = string | number | null;

/** A dimension by which calls are grouped. */
export interface Dimension {
  name: GroupDimension;
  /** Returns the value of a call. `wall` is the local time of its start, as epoch milliseconds of the same time in UTC. */
  read: (call: CallRecord, wall: number) => DimensionValue;
  /** Returns the name that belongs to the value; left out where the dimension has no names. */
  nameOf?: (call: CallRecord) => string | null;
  /** Returns the text of a number. */
  print?: (value: number) => string;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** 1 January 1970 was a Thursday, which is the weekday 4. */
const weekdayOf = (wall: number) => ((((Math.floor(wall / DAY_MS) + 3) % 7) + 7) % 7) + 1;

const dimensions: Readonly<Record<GroupDimension, Omit<Dimension, "name">>> = {
  account: { read: ({ account }) => account },
  provider: { read: ({ provider }) => provider },
  direction: { read: ({ direction }) => direction },
  agent: {
    read: ({ agent }) => (agent === null ? null : (agent.id ?? agent.name)),
    nameOf: ({ agent }) => agent?.name ?? null,
  },
  group: {
    read: ({ agent }) => (agent === null ? null : (agent.groupId ?? agent.groupName)),
    nameOf: ({ agent }) => agent?.groupName ?? null,
  },
  queue: {
    read: ({ queue }) => (queue === null ? null : (queue.id ?? queue.name)),
    nameOf: ({ queue }) => queue?.name ?? null,
  },
  outcome: { read: ({ outcome }) => outcome ?? "unknown" },
  day: {
    read: (_, wall) => Math.floor(wall / DAY_MS),
    print: (day) => new Date(day * DAY_MS).toISOString().slice(0, 10),
  },
  hour: {
    read: (_, wall) => Math.floor((wall - Math.floor(wall / DAY_MS) * DAY_MS) / HOUR_MS),
    print: (hour) => String(hour).padStart(2, "0"),
  },
  weekday: { read: (_, wall) => weekdayOf(wall), print: String },
};

export function dimensionOf(name: GroupDimension): Dimension {
  return { name, ...dimensions[name] };
}

export function printValue({ print = String }: Dimension, value: DimensionValue): string | null {
  return typeof value === "number" ? print(value) : value;
}
