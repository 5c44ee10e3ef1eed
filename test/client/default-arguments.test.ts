import { describe, expect, it } from "vitest";
import { AuthenticationError, RetentionError } from "call-records";
import { daysAgo, openStage, rejectionOf, thrownBy } from "./stage.js";

const range = { from: daysAgo(10), to: daysAgo(4) };
const beforeRetention = { from: daysAgo(400), to: daysAgo(4) };

const open = () =>
  openStage({
    emulator: { days: 12, callsPerDay: 4 },
    huawei: { appSecret: "wrong-app-secret" },
    client: { defaults: { isolateFailures: true, beforeRetention: "clip", unreadableRows: "report" } },
  });

describe("the default arguments of a client", () => {
  it("apply to each operation", async () => {
    const { client } = await open();
    const stream = client.records(range);
    await stream.toArray({ max: 1000 });
    const sync = client.sync({ ...range, checkpoint: null });
    for await (const batch of sync) await batch.commit();
    const reports = [
      stream.report().accounts,
      sync.report().accounts,
      (await client.usage({ ...range, source: "records" })).accounts,
      (await client.activeCalls({ accounts: ["tencent-ccc", "huawei-cec"] })).accounts,
    ];
    for (const accounts of reports) {
      expect(accounts.map(({ account, status }) => [account, status === "failed"])).toEqual(
        accounts.map(({ account }) => [account, account === "huawei-cec"]),
      );
    }
    expect((await client.probe("tencent-ccc")).account).toBe("tencent-ccc");
  });

  it("are overridden by the arguments of a call, except by undefined", async () => {
    const { client } = await open();
    expect(
      await rejectionOf(client.records({ ...range, isolateFailures: false }).toArray({ max: 1000 })),
    ).toBeInstanceOf(AuthenticationError);
    await client.records({ ...range, isolateFailures: undefined }).toArray({ max: 1000 });
    expect(thrownBy(() => client.records({ ...beforeRetention, beforeRetention: "throw" }))).toBeInstanceOf(
      RetentionError,
    );
    client.records(beforeRetention);
  });

  it("do not change a call whose operation has no such argument", async () => {
    const { client } = await open();
    const { accounts } = await client.activeCalls({ isolateFailures: true });
    expect(accounts.map(({ status }) => status)).toContain("unsupported");
  });

  it("are not modified, and a later change of the object has no effect", async () => {
    const defaults = { isolateFailures: true };
    const { client } = await openStage({
      emulator: { days: 12, callsPerDay: 4 },
      huawei: { appSecret: "wrong-app-secret" },
      client: { defaults },
    });
    defaults.isolateFailures = false;
    await client.records(range).toArray({ max: 1000 });
  });
});
