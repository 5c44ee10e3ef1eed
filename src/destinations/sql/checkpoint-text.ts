import { unescapeId, unicodeEscape } from "../../columns/storable-text.js";
import type { CheckpointParts, JsonValue } from "../../index.js";

/** Matches what a database may change or refuse: control characters, and everything beyond ASCII. */
const CHANGEABLE = /[\u007f-\uffff]/g;

/** Returns a checkpoint part as JSON in ASCII, which no text handling of a database changes. */
export function toCheckpointText(part: JsonValue): string {
  return JSON.stringify(part).replace(CHANGEABLE, unicodeEscape);
}

/** Returns the checkpoint part of a text. */
export function fromCheckpointText(text: string): JsonValue {
  // JSON.parse returns what `toCheckpointText` received.
  return JSON.parse(text) as JsonValue;
}

/** Returns the checkpoint parts of the rows of an account. */
export function toParts(rows: readonly { name: string; value: string }[]): CheckpointParts {
  return Object.fromEntries(rows.map(({ name, value }) => [unescapeId(name), fromCheckpointText(value)]));
}
