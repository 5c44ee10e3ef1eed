import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpRequest, type RecordingsOperation, type RecordingSource } from "call-records/adapter";
import { conformanceChecks, type RecordingExample } from "call-records/testing";
import { declareSound, ENDPOINT, SECRET, soundSubject } from "./sound.js";

const ADDRESS = "https://records.example.com/a?signature=1";
const sound: RecordingsOperation = {
  name: "recording",
  endpoint: ENDPOINT,
  hosts: ["records.example.com"],
  locate: ({ call }) => ({
    type: "lookup",
    request: { method: "POST", url: `${ENDPOINT}/recording`, body: { id: call.id } },
  }),
  lookup: {
    responseSchema: z.object({ url: z.string().nullable() }),
    address: (response) => z.object({ url: z.string().nullable() }).parse(response).url,
  },
};
const example: RecordingExample = {
  call: {
    application: null,
    id: "1",
    recordings: [{ id: "r", url: null, kind: "call", transcriptUrl: null }],
  },
  response: { url: ADDRESS },
  address: ADDRESS,
  gone: { status: 200, body: { url: null } },
};

/** Returns the names of the checks of recordings that fail. */
async function failures(
  parts: Partial<RecordingsOperation>,
  { secrets = () => [SECRET], ...changes }: Partial<RecordingExample> & { secrets?: () => string[] } = {},
): Promise<string[]> {
  const base = declareSound();
  const recordings = { ...sound, ...parts };
  const subject = soundSubject(() =>
    declareSound({ provider: { secrets, operations: { ...base.operations, recordings } } }),
  );
  const checks = conformanceChecks({
    ...subject,
    examples: { ...subject.examples, recordings: { ...example, ...changes } },
  });
  const failed: string[] = [];
  for (const { group, name, run } of checks) {
    if (group !== "recordings" && !name.includes("requests without secrets")) continue;
    try {
      await run();
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

let counter = 0;
const lookup = (change: Partial<HttpRequest>): RecordingSource => ({
  type: "lookup",
  request: { method: "POST", url: `${ENDPOINT}/recording`, ...change },
});

describe("the checks of recordings", () => {
  it("find nothing wrong with a sound adapter", async () => {
    expect(await failures({})).toEqual([]);
  });

  it("require an example", async () => {
    const base = declareSound();
    const subject = soundSubject(() =>
      declareSound({ provider: { operations: { ...base.operations, recordings: sound } } }),
    );
    const check = conformanceChecks(subject).find(({ name }) => name === "has an example for each of its operations");
    await expect((async () => check?.run())()).rejects.toThrow(/`examples.recordings`/);
  });

  it.each<[string, Partial<RecordingsOperation>, Partial<RecordingExample>, string]>([
    ["a host with a scheme", { hosts: ["https://records.example.com"] }, {}, "declares a name, an endpoint and hosts"],
    ["a host that is missing", { hosts: [] }, {}, "downloads the recording of the example"],
    [
      "a random request",
      { locate: () => lookup({ body: (counter += 1) }) },
      {},
      "returns the same source for the same recording",
    ],
    [
      "a secret in the request",
      { locate: () => lookup({ body: SECRET }) },
      {},
      "returns requests without secrets, which only authentication adds",
    ],
    [
      "a lookup without its parser",
      { lookup: undefined as never },
      {},
      "returns the same source for the same recording",
    ],
    [
      "another address",
      { lookup: { responseSchema: z.unknown(), address: () => `${ADDRESS}2` } },
      {},
      "reads the address in the documented response",
    ],
    [
      "an address that is no URL",
      { lookup: { responseSchema: z.unknown(), address: () => "a" } },
      { address: "a" },
      "reads the address in the documented response",
    ],
    [
      "a success that is refused",
      { classify: () => ({ type: "fail", error: "vendor", vendorCode: null, message: null }) },
      {},
      "classifies a recording that is gone, and not the documented success",
    ],
    [
      "a loss that is not recognized",
      {},
      { gone: { status: 200, body: { code: 5 } } },
      "classifies a recording that is gone, and not the documented success",
    ],
    [
      "a parser that throws",
      { lookup: { responseSchema: z.unknown(), address: (response) => (response as { url: string }).url.trim() } },
      {},
      "rejects invalid responses without throwing",
    ],
  ])("find %s", async (_, parts, changes, expected) => {
    expect(await failures(parts, changes)).toContain(expected);
  });
});
