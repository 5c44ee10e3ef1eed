import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  wireCount,
  wireId,
  wireInteger,
  wireSeconds,
  wireText,
  wireTexts,
  wireUnixMs,
  wireUnixSeconds,
} from "../../src/contract/wire.js";
import {
  wireList,
  wireMapped,
  wireObject,
  wireOptional,
  wireRequired,
  wireValue,
} from "../../src/contract/wire-schema.js";
import { runs } from "../search.js";

const part = wireObject({ name: wireText, at: wireUnixSeconds });
const shape = {
  id: wireId,
  text: wireText,
  integer: wireInteger,
  count: wireCount,
  seconds: wireSeconds,
  at: wireRequired(wireUnixMs, "a start"),
  texts: wireTexts,
  part: wireOptional(part),
  parts: wireOptional(wireList(part)),
  flag: z.boolean().optional(),
};
const row = wireObject(shape);

/** The same objects and lists as plain zod schemas, without the fast path. */
const plainPart = z.object({ name: wireText, at: wireUnixSeconds });
const absent = (one: unknown) => (one === null || one === "" || (Array.isArray(one) && one.length === 0) ? null : one);
const plainRow = z.object({
  ...shape,
  part: z.preprocess(absent, plainPart.nullable()).optional(),
  parts: z.preprocess(absent, z.array(plainPart).nullable()).optional(),
});

const scalar = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    0,
    null,
    undefined,
    "7",
    "-7",
    "1.5",
    "00012",
    "9007199254740993",
    "1795014498935",
    1_795_014_498_935,
    " 7",
    "7 ",
    "0x10",
    "1e3",
    true,
    [],
    {},
  ),
  fc.integer(),
  fc.double(),
  fc.string(),
);
const member = fc.record({ name: scalar, at: scalar }, { requiredKeys: [] });
const value = fc.record(
  {
    id: fc.oneof(fc.constant("a"), scalar),
    text: scalar,
    integer: scalar,
    count: fc.oneof(fc.constant(3), scalar),
    seconds: scalar,
    at: fc.oneof(fc.constant("1795014498935"), scalar),
    texts: fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })),
    part: fc.oneof(scalar, member),
    parts: fc.oneof(scalar, fc.array(fc.oneof(member, scalar), { maxLength: 3 })),
    flag: fc.oneof(fc.boolean(), scalar),
    unknown: scalar,
  },
  { requiredKeys: [] },
);

describe("a row's schema", () => {
  it("returns the same value and the same issues on the fast path as plain zod", () => {
    fc.assert(
      fc.property(fc.oneof(value, scalar), (one) => {
        expect(row.safeParse(one)).toEqual(plainRow.safeParse(one, { jitless: true }));
      }),
      { numRuns: runs(3000) },
    );
  });

  it("names the invalid field, also within a part of the row", () => {
    const refusal = (one: unknown) =>
      row.safeParse(one).error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    const right = { id: 1, count: 0, at: 1_795_014_498_935 };
    expect(refusal({ ...right, id: null })).toEqual(["id: expected an id"]);
    expect(refusal({ ...right, at: 0 })).toEqual(["at: expected a start"]);
    expect(refusal({ ...right, at: "soon" })).toEqual(["at: expected a time in Unix milliseconds"]);
    expect(refusal({ ...right, parts: [{ at: 1 }, { name: {} }] })).toEqual(["parts.1.name: expected text"]);
  });

  it("can name a field of its input in an issue", () => {
    const started = wireMapped(part, "a start", ({ at }) => at ?? z.INVALID, ["at"]);
    expect(started.parse({ at: 1 })).toEqual(new Date(1000));
    expect(z.object({ part: started }).safeParse({ part: {} }).error?.issues).toMatchObject([
      { path: ["part", "at"], message: "expected a start" },
    ]);
  });

  it("can be extended like any other zod schema", () => {
    const extended = row.extend({ more: wireValue("a word", (one) => (typeof one === "string" ? one : z.INVALID)) });
    expect(extended.safeParse({ id: 1, count: 0, at: 1, more: "x" }).data).toMatchObject({
      id: "1",
      more: "x",
      text: null,
    });
    expect(extended.safeParse({ id: 1, count: 0, at: 1 }).error?.issues).toMatchObject([
      { path: ["more"], message: "expected a word" },
    ]);
  });
});
