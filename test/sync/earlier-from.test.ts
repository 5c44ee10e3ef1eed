import { describe, expect, it } from "vitest";
import { huaweiCec, MemoryCheckpointStore, type Transport } from "call-records";
import { DAY, HOUR, ManualClock, NOW, openClient, RATE as rate } from "../client/stage.js";

const start = NOW - 8 * DAY;
const to = new Date(NOW - 6 * DAY);
const calls = Array.from({ length: 200 }, (_, index) => ({ id: `${index}`, at: start - 5 * HOUR + index * 600_000 }));

function openAccount() {
  const state = { isDown: false };
  const transport: Transport = {
    send: ({ url, body }) => {
      const query = JSON.parse(body ?? "{}") as Record<string, unknown>;
      const found = calls.filter(
        ({ at }) => query.taskType === "0" && at >= Number(query.startTime) && at <= Number(query.endTime),
      );
      const callInfo = found
        .slice(Number(query.offset), Number(query.offset) + Number(query.limit))
        .map(({ id, at }) => ({ callSerialNo: id, startTime: at, endTime: at + 1000, state: 3 }));
      const isToken = url.endsWith("tokenByAkSk");
      const response = isToken
        ? { AccessToken: "a-token", Expires: "600" }
        : { retCode: "0", retMsg: "", result: { total: found.length, callInfo } };
      return Promise.resolve({
        status: state.isDown && !isToken ? 503 : 200,
        headers: {},
        text: JSON.stringify(response),
      });
    },
  };
  return {
    client: openClient({
      providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", rate })],
      clock: new ManualClock(),
      transport,
      retry: { attempts: 1 },
    }),
    state,
  };
}

describe("two earlier `from`, the first of them in a pass in which the vendor is down", () => {
  it("lose no call of either requested range", async () => {
    const { client, state } = openAccount();
    const store = new MemoryCheckpointStore();
    const ids: string[] = [];
    const pass = (from: number) =>
      client.sync({ from: new Date(from), to, store, isolateFailures: true }).forEach(({ changes }) => {
        for (const { record } of changes) ids.push(record.id);
      });
    await pass(start);
    state.isDown = true;
    await pass(start - HOUR);
    state.isDown = false;
    await pass(start - 2 * HOUR);
    const expected = calls.filter(({ at }) => at >= start - 2 * HOUR && at < to.getTime()).map(({ id }) => id);
    expect(ids.map(Number).sort((a, b) => a - b)).toEqual(expected.map(Number));
    expect((await client.coverage(store))[0]).toMatchObject({
      missing: [],
      coverage: [{ from: new Date(start - 2 * HOUR).toISOString() }],
    });
  });
});
