import { expect, it } from "vitest";
import { huaweiCec, MemoryCheckpointStore } from "call-records";
import { huaweiResponding, serve } from "../client/scripted-vendor.js";
import { DAY, ManualClock, NOW, openClient, RATE as rate } from "../client/stage.js";

it("an id with different contents on two lists is incomplete in every pass, and is delivered once", async () => {
  const startTime = NOW - 6 * DAY;
  const endpoint = await serve(
    huaweiResponding(({ body }) => {
      const isWithin = startTime >= Number(body.startTime) && startTime <= Number(body.endTime);
      const callInfo =
        isWithin && (body.taskType === "0" || body.taskType === "4")
          ? [{ callSerialNo: "7", startTime, endTime: startTime, state: 3, callData: body.taskType }]
          : [];
      return { body: { retCode: "0", retMsg: "", result: { total: callInfo.length, callInfo } } };
    }),
  );
  const client = openClient({
    providers: [huaweiCec({ appKey: "key", appSecret: "secret-of-huawei", endpoint, rate })],
    clock: new ManualClock(),
  });
  const store = new MemoryCheckpointStore();
  const delivered: string[] = [];
  for (let pass = 0; pass < 4; pass += 1) {
    const stream = client.sync({ from: new Date(NOW - 8 * DAY), store, isolateFailures: true });
    await stream.forEach(({ changes }) => {
      for (const { type, record } of changes) delivered.push(`${type} ${record.id}`);
    });
    expect(stream.report().accounts[0]).toMatchObject({ status: "partial", error: { code: "incomplete" } });
  }
  expect(delivered).toEqual(["new 7"]);
});
