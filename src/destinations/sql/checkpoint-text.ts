import type { JsonValue } from "../../index.js";

/** Matches what a database may change or refuse: control characters, and everything beyond ASCII. */
const CHANGEABLE = /[\u007f-\uffff]/g;

/** Returns a checkpoint part as JSON in ASCII, which no text handling of a database changes. */
export function toCheckpointText(part: JsonValue): string {
  return JSON.stringify(part).replace(
    CHANGEABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Returns the checkpoint part of a text. */
export function fromCheckpointText(text: string): JsonValue {
  // JSON.parse returns what `toCheckpointText` received.
  return JSON.parse(text) as JsonValue;
}
