import type { Random } from "../data/random.js";

type Break = (text: string) => string;

/** Defects of known vendor software that make an object's text invalid JSON. */
const BREAKS: readonly [Break, ...Break[]] = [
  (text) => text.replace(/:/, ":NaN,"),
  (text) => text.replace(/":/, '\n":'),
  (text) => text.replace(/"([^"]*)"/, "'$1'"),
  (text) => text.replace(/,/, ",,"),
  (text) => `${text}\nWarning: headers have been sent`,
  (text) => text.replace(/:/, ":undefined,"),
];

/** Returns the text with a defect that makes it invalid JSON. */
export function brokenJson(text: string, random: Random): string {
  const broken = random.pick(BREAKS)(text);
  // A text to which the defect does not apply gets a superfluous brace at its end.
  return broken === text ? `${text}}` : broken;
}
