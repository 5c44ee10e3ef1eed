import { callRecordSchema } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "./command.js";

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 5, callsPerDay: 40 });
});
afterAll(() => emulator.close());

describe("records", () => {
  it("streams every call once, as ndjson, to a pipe", async () => {
    const { code, stdout, stderr } = await run(["records", "--from", "4d"], { env: emulator.environment() });
    expect(code, stderr).toBe(0);
    const calls = stdout
      .trimEnd()
      .split("\n")
      .map((line) => callRecordSchema.parse(JSON.parse(line)));
    expect(new Set(calls.map(({ account, id }) => `${account} ${id}`)).size).toBe(calls.length);
    expect(stderr).toContain(`tencent-ccc  complete`);
  });
});
