import type { MenuKey, Satisfaction } from "../../model/call-record.js";
import type { Cdr, Rating } from "./wire.js";

/** The key of an entry which states that the system requested a rating and the customer pressed nothing. */
const NO_INPUT = "noInput";

/** Returns the keys that the caller pressed in the voice menu, in the vendor's order. An entry without a key is left out. */
export function readMenuKeys(row: Cdr): MenuKey[] {
  return (row.IVRKeyPressedEx ?? row.IVRKeyPressed ?? []).flatMap(({ Key, Label, Timestamp }) =>
    Key === null ? [] : [{ key: Key, label: Label, at: Timestamp }],
  );
}

/**
 * Returns the customer's rating. Not documented: whether a list contains several entries, as when the question is repeated. The last pressed key then counts,
 * and `noInput` only if no key was pressed.
 */
export function readSatisfaction(row: Cdr): Satisfaction | null {
  const entries = row.PostIVRKeyPressedEx ?? row.PostIVRKeyPressed ?? [];
  const rating = entries.findLast(isPressed) ?? entries.findLast(({ Key }) => Key !== null);
  return rating === undefined || rating.Key === null ? null : { key: rating.Key, label: rating.Label };
}

function isPressed({ Key }: Rating): boolean {
  return Key !== null && Key !== NO_INPUT;
}
