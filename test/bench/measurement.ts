/** A goal, and what came of it. */
export interface Measurement {
  goal: string;
  limit: string;
  measured: string;
  /** `reported`: there is no limit to hold, or nothing could be measured. */
  result: "holds" | "fails" | "reported";
}

interface Bounded {
  goal: string;
  value: number;
  /** Of value and limit, as it is printed behind them; none for a ratio. */
  unit?: string;
  /** What the value was made of. */
  detail?: string;
}

function print(value: number, unit = ""): string {
  return `${Number(value.toPrecision(4))}${unit}`;
}

function judged({ goal, value, unit, detail }: Bounded, limit: string, holds: boolean): Measurement {
  return {
    goal,
    limit,
    measured: print(value, unit) + (detail === undefined ? "" : ` (${detail})`),
    result: holds ? "holds" : "fails",
  };
}

export function atMost(limit: number, bounded: Bounded): Measurement {
  return judged(bounded, `≤ ${print(limit, bounded.unit)}`, bounded.value <= limit);
}

export function atLeast(limit: number, bounded: Bounded): Measurement {
  return judged(bounded, `≥ ${print(limit, bounded.unit)}`, bounded.value >= limit);
}

export function between(least: number, most: number, bounded: Bounded): Measurement {
  return judged(
    bounded,
    `${print(least)} to ${print(most, bounded.unit)}`,
    bounded.value >= least && bounded.value <= most,
  );
}

export function reported(goal: string, measured: string): Measurement {
  return { goal, limit: "–", measured, result: "reported" };
}
