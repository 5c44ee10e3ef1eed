import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CallRecord, type CallRecordsClient, RequestError } from "call-records";
import { replayCapture } from "call-records/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { newFolder } from "../cli/command.js";
import { CAPTURED_VENDORS, captureFileOf, startCapturedEmulator } from "../samples/captures/emulated-capture.js";

/** Returns the parts of a call that a capture does not mask. */
function unmasked(call: CallRecord) {
  const { direction, kind, state, outcome, startedAt, queuedAt, ringingAt, answeredAt, endedAt, hangup } = call;
  const { ringSeconds, waitSeconds, talkSeconds, ivrSeconds, transferred, updatedAt } = call;
  return {
    ...{ direction, kind, state, outcome, startedAt, queuedAt, ringingAt, answeredAt, endedAt, by: hangup?.by },
    ...{ code: hangup?.code, ringSeconds, waitSeconds, talkSeconds, ivrSeconds, transferred, updatedAt },
    legs: call.legs.length,
    recordings: call.recordings.length,
    hasAgent: call.agent !== null,
    lengths: [call.caller?.number?.length, call.callee?.number?.length, call.id.length],
  };
}

async function callsOf(client: CallRecordsClient, range: { from: string; to: string }) {
  const stream = client.records({ ...range, order: "time" });
  const calls = await stream.toArray({ max: 1000 });
  expect(stream.report().accounts.map(({ status }) => status)).toEqual(["complete"]);
  return calls;
}

async function open(vendor: (typeof CAPTURED_VENDORS)[number]) {
  const replay = await replayCapture(captureFileOf(vendor));
  const client = replay.client();
  onTestFinished(() => client.close());
  const [account] = replay.accounts;
  if (account === undefined) throw new Error("The capture has no account.");
  const argumentsOf = (name: string) => {
    const found = account.operations.findLast((operation) => operation.name === name);
    return { from: found?.arguments.from ?? "", to: found?.arguments.to ?? "", ...found?.arguments };
  };
  return { replay, client, account, argumentsOf };
}

describe.each(CAPTURED_VENDORS)("the capture of %s", (vendor) => {
  it("is what the emulator sends now", async () => {
    const { emulator, capture } = await startCapturedEmulator(vendor);
    onTestFinished(() => emulator.close());
    const stored: unknown = JSON.parse(await readFile(captureFileOf(vendor), "utf8"));
    // Run `npm run captures` after a change of the emulator or of the masks.
    expect(JSON.parse(JSON.stringify(await capture()))).toEqual(stored);
  });

  it("is mapped by the client to the same calls, except for what is masked", async () => {
    const { emulator } = await startCapturedEmulator(vendor);
    const live = emulator.client();
    onTestFinished(async () => {
      await live.close();
      await emulator.close();
    });
    const { client, argumentsOf } = await open(vendor);
    const range = argumentsOf("records");
    const [replayed, expected] = [await callsOf(client, range), await callsOf(live, range)];
    expect(expected.length).toBeGreaterThan(0);
    expect(replayed.map(unmasked)).toEqual(expected.map(unmasked));
    for (const [index, call] of replayed.entries()) {
      const other = expected[index];
      expect(call.id).not.toBe(other?.id);
      if (call.caller?.number != null) expect(call.caller.number).not.toBe(other?.caller?.number);
    }
    // Equal agents stay equal, and different ones different.
    const distinct = (calls: readonly CallRecord[]) => new Set(calls.map(({ agent }) => agent?.id ?? agent?.name)).size;
    expect(distinct(replayed)).toBe(distinct(expected));
  });

  it("has no response to other requests", async () => {
    const { client } = await open(vendor);
    const read = client.records({ from: "2026-09-01T00:00:00Z", to: "2026-09-02T00:00:00Z" }).toArray({ max: 10 });
    const error: unknown = await read.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ code: "request", vendorCode: "NOT_CAPTURED", account: `${vendor}-1` });
    expect(String(error)).toMatch(/The capture has no response to POST .*those to this path differ in .*Time/);
  });
});

describe.each(CAPTURED_VENDORS)("a capture of %s that left out rows", (vendor) => {
  it("is read in part, and the error names `omittedRows`", async () => {
    const { emulator, capture } = await startCapturedEmulator(vendor, 150);
    onTestFinished(() => emulator.close());
    const file = join(await newFolder(), "capture.json");
    await writeFile(file, JSON.stringify(await capture()));
    const replay = await replayCapture(file);
    const client = replay.client();
    onTestFinished(() => client.close());
    const operation = replay.accounts[0]?.operations.find(({ name }) => name === "records");
    const { from = "", to = "" } = operation?.arguments ?? {};
    expect(operation?.omittedRows).toBeGreaterThan(0);
    const error: unknown = await client
      .records({ from, to })
      .toArray({ max: 1000 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: "RequestError", vendorCode: "NOT_CAPTURED" });
    expect(String(error)).toContain(`without ${operation?.omittedRows} rows of \`records\``);
    // As the message advises.
    const stream = client.records({ from, to, isolateFailures: true });
    expect(await stream.toArray({ max: 1000 })).toHaveLength(20);
    expect(stream.report().accounts).toMatchObject([{ gaps: [{ reason: "failed" }], coverage: [] }]);
  });
});

describe("a replay", () => {
  it("returns usage, active calls and single calls", async () => {
    const { client, account, argumentsOf } = await open("tencent-ccc");
    const { summaries } = await client.usage({ ...argumentsOf("usage"), source: "vendor" });
    expect(summaries.map(({ application, source }) => [application, source])).toEqual([
      ["1000000000", "vendor"],
      ["1000000001", "vendor"],
    ]);
    expect((await client.activeCalls()).calls).toHaveLength(2);
    const { sessionId = "", application } = account.operations.find(({ name }) => name === "findCall")?.arguments ?? {};
    expect(sessionId).not.toBe("");
    const found = await client.findCall({ account: account.account, sessionId, application });
    expect(found).toMatchObject({ id: sessionId, application });
    const huawei = await open("huawei-cec");
    const keys = huawei.account.operations.find(({ name }) => name === "findCall")?.arguments ?? {};
    expect(Object.keys(keys)).toEqual(["callSerialNo"]);
    expect(await huawei.client.findCall({ account: "huawei-cec-1", ...keys } as never)).toMatchObject({
      id: keys.callSerialNo,
    });
  });

  it("refuses files that are not captures", async () => {
    const folder = await newFolder();
    const file = join(folder, "capture.json");
    const written = async (text: string) => {
      await writeFile(file, text);
      return replayCapture(file);
    };
    await expect(written("{")).rejects.toThrow(/capture\.json is not a file .* wrote: it is not JSON\./);
    await expect(written("{}")).rejects.toThrow(RequestError);
    const stored = await readFile(captureFileOf("itniotech"), "utf8");
    await expect(written(stored.replace('"status": 200', '"status": "200"'))).rejects.toThrow(/status/);
    await expect(written(stored.replace('"provider": "itniotech"', '"provider": "acme"'))).rejects.toThrow(
      "this version has no vendor `acme`",
    );
    await expect(replayCapture(join(folder, "absent.json"))).rejects.toThrow("ENOENT");
  });
});
