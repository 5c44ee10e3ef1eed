import type { Random } from "../data/random.js";

type Break = (text: string) => string;

/** By which a vendor's own software has been known to write no JSON, each into a text that is an object. */
const BREAKS: readonly [Break, ...Break[]] = [
  (text) => text.replace(/:/, ":NaN,"),
  (text) => text.replace(/":/, '\n":'),
  (text) => text.replace(/"([^"]*)"/, "'$1'"),
  (text) => text.replace(/,/, ",,"),
  (text) => `${text}\nWarning: headers have been sent`,
  (text) => text.replace(/:/, ":undefined,"),
];

/** The text with something in it that is no JSON. */
export function brokenJson(text: string, random: Random): string {
  const broken = random.pick(BREAKS)(text);
  // A text without what was to be broken is broken at its end.
  return broken === text ? `${text}}` : broken;
}
