import { z } from "zod";
import { parseOptions } from "../adapter.js";

/**
 * Refuses options that a client of an emulator or of a replay does not take, because they would have no effect.
 * @throws ConfigurationError when `options` is not an object, or sets one of them.
 */
export function refuseFixedOptions(options: object | undefined, fixed: readonly string[]): void {
  const absent = z.undefined("must be left out, because this method sets it").optional();
  parseOptions("client", z.looseObject(Object.fromEntries(fixed.map((name) => [name, absent]))), options);
}
