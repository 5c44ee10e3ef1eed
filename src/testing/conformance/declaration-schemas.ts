import { z } from "zod";
import { CONTRACT_VERSION, declaredValuesSchema, Zone } from "../../adapter.js";

const text = z.string().regex(/\S/, "must be text that is not blank");
const zone = z.string().refine(isTimeZone, "must be an IANA time zone, such as Asia/Shanghai");
const positive = z.number().positive();
const window = z
  .object({
    unit: z.enum(["ms", "s", "day"]),
    end: z.enum(["inclusive", "exclusive", "unknown"]),
    filtersOn: z.enum(["start", "unknown"]),
    maxSeconds: z.number(),
    timeZone: zone.optional(),
  })
  .superRefine(({ unit, end, maxSeconds }, context) => {
    const least = { ms: 0.001, s: 1, day: 86_400 }[unit];
    // With an unknown end, consecutive windows overlap by a unit, so a window must be longer than that to advance.
    const needed = end === "unknown" ? 2 * least : end === "inclusive" && unit === "day" ? least - 1 : least;
    const message = `must be at least ${needed}: this is the shortest window in units of "${unit}" with an end that is "${end}"`;
    if (maxSeconds < needed) context.addIssue({ code: "custom", path: ["maxSeconds"], message });
  });
const size = z.int().positive();

/** The declarations of a provider that identify it. */
export const identitySchema = z.object({
  contract: z.literal(CONTRACT_VERSION, `must be ${CONTRACT_VERSION}: declare \`contract: CONTRACT_VERSION\``),
  id: text,
  account: text,
});

/** The limits that a provider declares for all of its lists. */
export const limitsSchema = z.object({
  timeZone: zone,
  rate: z.object({ requestsPerSecond: positive, concurrency: z.int().positive() }),
  longestCallSeconds: z.number().nonnegative(),
  settleSeconds: z.number().nonnegative(),
  provides: declaredValuesSchema.optional(),
});

/** The limits that a provider declares for one list. */
export const listSchema = z.object({
  name: text,
  window: window.nullable(),
  retentionSeconds: positive.nullable(),
  suspectedRetentionSeconds: positive.nullish(),
  paging: z.discriminatedUnion("style", [
    z.object({ style: z.literal("page"), first: z.literal([0, 1]), size }),
    z.object({ style: z.enum(["offset", "cursor"]), size }),
    z.object({ style: z.literal("none") }),
  ]),
});

function isTimeZone(name: string): boolean {
  try {
    Zone.named(name);
    return true;
  } catch {
    return false;
  }
}
