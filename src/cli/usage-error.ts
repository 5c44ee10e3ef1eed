/** The command was given wrongly. The message names the option and its rule. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
