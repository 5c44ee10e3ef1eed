import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineProvider, type Partition, type PartitionDiscovery } from "call-records/adapter";
import { conformanceChecks } from "call-records/testing";
import { declareSound, ENDPOINT, records, soundSubject } from "./sound.js";

const APPLICATIONS = ["a", "b"];
const partitionsOf = (applications: readonly string[] | undefined): Partition[] =>
  (applications ?? [null]).map((application) => ({ application, parameters: { list: application ?? "in" } }));

const sound: PartitionDiscovery = {
  name: "applications",
  isUsed: true,
  request: () => ({ method: "GET", url: `${ENDPOINT}/applications` }),
  responseSchema: z
    .object({ list: z.array(z.string()) })
    .transform(({ list }) => list.map((application) => ({ application, name: null }))),
};

/** Returns the names of the checks that fail for a changed declaration. */
async function failed(
  parts: Partial<PartitionDiscovery>,
  partitions: (filters: object, applications?: readonly string[]) => Partition[],
): Promise<string[]> {
  const base = declareSound({ records: { partitions } });
  const discoverPartitions = { ...sound, ...parts };
  const subject = soundSubject(() =>
    defineProvider(declareSound({ provider: { operations: { ...base.operations, discoverPartitions } } })),
  );
  const applications = { response: { list: APPLICATIONS }, applications: APPLICATIONS };
  const checks = conformanceChecks({ ...subject, examples: { ...subject.examples, applications } });
  const names: string[] = [];
  for (const { group, name, run } of checks.filter((check) => check.group === "discoverPartitions")) {
    try {
      await run();
    } catch {
      names.push(`${group}: ${name}`);
    }
  }
  return names;
}

const discovered = (_filters: object, applications?: readonly string[]) => partitionsOf(applications);
const ignored = (filters: object) => records.partitions(filters);
let requests = 0;

describe("the checks of discovered applications", () => {
  it.each<[string, Partial<PartitionDiscovery>, typeof discovered, RegExp[]]>([
    ["nothing wrong", {}, discovered, []],
    ["nothing wrong, where they are not used", { isUsed: false }, ignored, []],
    [
      "a request that differs each time",
      { request: () => ({ method: "GET", url: `${ENDPOINT}/applications/${(requests += 1)}` }) },
      discovered,
      [/the same request/],
    ],
    ["no name", { name: " " }, discovered, [/declares a name/]],
    [
      "a response without a list that means none",
      {
        responseSchema: z
          .object({ list: z.array(z.string()).default([]) })
          .transform(({ list }) => list.map((application) => ({ application, name: null }))),
      },
      discovered,
      [/without a list/],
    ],
    [
      "applications that are left out",
      { responseSchema: sound.responseSchema.transform((all) => all.slice(1)) },
      discovered,
      [/reads the documented response/],
    ],
    ["lists that ignore them", {}, ignored, [/reads the lists/]],
    ["lists that follow them although they are not used", { isUsed: false }, discovered, [/reads the lists/]],
  ])("find %s", async (_, parts, partitions, expected) => {
    const names = await failed(parts, partitions);
    expect(names).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(names[index]).toMatch(pattern);
  });

  it("require an example", async () => {
    const base = declareSound();
    const operations = { ...base.operations, discoverPartitions: { ...sound, isUsed: false } };
    const subject = soundSubject(() => defineProvider(declareSound({ provider: { operations } })));
    const check = conformanceChecks(subject).find(({ name }) => name.includes("has an example"));
    await expect((async () => check?.run())()).rejects.toThrow(/`examples.applications`/);
  });
});
