import { ConfigurationError } from "../index.js";

/** The two functions of a test framework that register tests, as in vitest, Jest and `node:test`. */
export interface TestRunner {
  /** Registers a group and runs its body synchronously. */
  describe: (name: string, body: () => void) => unknown;
  /** Registers a test, which fails if it throws or rejects. */
  it: (name: string, run: () => Promise<void> | void) => unknown;
}

/** @throws RangeError for a runner without the two functions. */
export function assertRunner(owner: string, runner: TestRunner | undefined): void {
  // JavaScript callers may pass anything. The runner may be a function with these members, like that of `node:test`.
  const given = runner as Partial<Record<keyof TestRunner, unknown>> | null | undefined;
  if (given !== undefined && (typeof given?.describe !== "function" || typeof given.it !== "function"))
    throw new RangeError(`${owner}: argument \`runner\` must have the functions \`describe\` and \`it\`.`);
}

/** Loads vitest, on demand because users of the emulator alone do not need it. @param owner the function that needs it. */
export async function loadVitest(owner: string): Promise<TestRunner> {
  try {
    return await import("vitest");
  } catch {
    throw new ConfigurationError(
      `${owner}: vitest is not installed. Install it, or pass another framework's \`describe\` and \`it\` as the second argument.`,
    );
  }
}
