import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineProvider, type PushedCall, type PushesOperation } from "call-records/adapter";
import { conformanceChecks } from "call-records/testing";
import { declareSound, soundSubject } from "./sound.js";

const AT = "2026-11-16T04:00:00.000Z";
const body = z.object({ id: z.string(), at: z.string() });
const callOf = ({ id, at }: z.output<typeof body>): PushedCall => ({
  application: null,
  relatedIds: { id },
  row: null,
  startedAt: new Date(at),
  at: null,
});
const sound: PushesOperation = {
  schema: z.object({ body }).transform((push) => callOf(push.body)),
  reply: { status: 200, headers: {}, body: "ok" },
};

/** Returns the names of the checks that fail for changed declarations. */
async function failed(parts: Partial<PushesOperation>): Promise<string[]> {
  const base = declareSound();
  const pushes = { ...sound, ...parts };
  const subject = soundSubject(() =>
    defineProvider(declareSound({ provider: { operations: { ...base.operations, pushes } } })),
  );
  const example = { body: { id: "1", at: AT }, relatedIds: { id: "1" }, time: AT };
  const names: string[] = [];
  for (const { group, name, run } of conformanceChecks({
    ...subject,
    examples: { ...subject.examples, pushes: [example] },
  })) {
    if (group !== "pushes") continue;
    try {
      await run();
    } catch {
      names.push(name);
    }
  }
  return names;
}

describe("the checks of pushes", () => {
  it.each<[string, Partial<PushesOperation>, RegExp[]]>([
    ["nothing wrong", {}, []],
    ["a reply that refuses", { reply: { status: 500, headers: {}, body: "" } }, [/the response/]],
    ["a header that is not in lower case", { deliveryHeader: "X-Id" }, [/the response/]],
    [
      "a call without an id",
      { schema: z.object({ body }).transform((push) => ({ ...callOf(push.body), relatedIds: {} })) },
      [/documented pushes/],
    ],
    [
      "the wrong time",
      { schema: z.object({ body }).transform((push) => ({ ...callOf(push.body), startedAt: new Date(0) })) },
      [/documented pushes/],
    ],
    [
      "any push",
      { schema: z.object({ body: body.catch({ id: "1", at: AT }) }).transform((push) => callOf(push.body)) },
      [/without the fields/],
    ],
  ])("find %s", async (_, parts, expected) => {
    const names = await failed(parts);
    expect(names).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(names[index]).toMatch(pattern);
  });
});
