import type { VendorRow } from "../data/planned-call.js";

/** The keys of the rating, with the company's labels. `noInput`: the system requested a rating, and the customer pressed nothing. */
const RATINGS = [
  ["1", "非常满意"],
  ["2", "满意"],
  ["1", "非常满意"],
  ["3", "不满意"],
  ["noInput", ""],
] as const;

/** Returns an IVRKeyPressedElement. Its time has milliseconds, unlike the other times of the row. */
export function pressedKey(key: string, label: string, at: number): VendorRow {
  return {
    Key: key,
    Label: label,
    Timestamp: Math.floor(at),
    NodeLabel: "",
    OriginalContent: key === "noInput" ? "" : key,
    TTSPrompt: "",
  };
}

/** Returns the rating that the customer gave after the talk. */
export function ratingOf(seed: number, endedAt: number): VendorRow {
  const [key, label] = RATINGS[seed % RATINGS.length] ?? RATINGS[0];
  return pressedKey(key, label, endedAt);
}
