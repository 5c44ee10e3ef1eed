/** The result of a goal. */
export interface Measurement {
  goal: string;
  limit: string;
  measured: string;
  /** `reported`: there is no limit, or the value could not be measured. */
  result: "holds" | "fails" | "reported";
}

interface Bounded {
  goal: string;
  value: number;
  /** The unit that is printed after the value and the limit; absent for a ratio. */
  unit?: string;
  /** The numbers from which the value was computed. */
  detail?: string;
}

function print(value: number, unit = ""): string {
  return `${Number(value.toPrecision(4))}${unit}`;
}

function compared({ goal, value, unit, detail }: Bounded, limit: string, holds: boolean): Measurement {
  return {
    goal,
    limit,
    measured: print(value, unit) + (detail === undefined ? "" : ` (${detail})`),
    result: holds ? "holds" : "fails",
  };
}

export function atMost(limit: number, bounded: Bounded): Measurement {
  return compared(bounded, `≤ ${print(limit, bounded.unit)}`, bounded.value <= limit);
}

export function atLeast(limit: number, bounded: Bounded): Measurement {
  return compared(bounded, `≥ ${print(limit, bounded.unit)}`, bounded.value >= limit);
}

export function between(least: number, most: number, bounded: Bounded): Measurement {
  return compared(
    bounded,
    `${print(least)} to ${print(most, bounded.unit)}`,
    bounded.value >= least && bounded.value <= most,
  );
}

export function reported(goal: string, measured: string): Measurement {
  return { goal, limit: "–", measured, result: "reported" };
}
