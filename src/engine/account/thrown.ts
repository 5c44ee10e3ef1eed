/**
 * The name and the message of what was thrown, by what it has: an error of another realm, as Node's are in Jest, is not of the class `Error` here.
 * It may hold secrets.
 */
export function wordsOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("message" in thrown) || typeof thrown.message !== "string")
    return "something that is no error";
  const name = "name" in thrown && typeof thrown.name === "string" ? thrown.name : "Error";
  return `${name}: ${thrown.message}`;
}
