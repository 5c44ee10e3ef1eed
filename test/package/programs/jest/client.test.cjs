const { mkdtemp, readFile, rm } = require("node:fs/promises");
const { createServer } = require("node:net");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { AbortController: Polyfill } = require("abort-controller");
const {
  CallRecordsClient,
  callRecordSchema,
  FileCheckpointStore,
  huaweiCec,
  itniotech,
  tencentCcc,
} = require("call-records");
const { startVendorEmulator } = require("call-records/testing");

const HOUR_MS = 3_600_000;

let emulator;
let folder;
const clients = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "call-records-jest-"));
  emulator = await startVendorEmulator({
    seed: 7,
    days: 3,
    callsPerDay: 400,
    activeCalls: 5,
    requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
  });
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await emulator.close();
  await rm(folder, { recursive: true });
});

function makeClient(options = {}, endpoints = emulator.endpoints) {
  const rate = { requestsPerSecond: 1000, concurrency: 4 };
  const { credentials } = emulator;
  const client = new CallRecordsClient({
    providers: [
      tencentCcc({ ...credentials["tencent-ccc"], endpoint: endpoints["tencent-ccc"], rate }),
      huaweiCec({ ...credentials["huawei-cec"], endpoint: endpoints["huawei-cec"], rate }),
      itniotech({ ...credentials.itniotech, endpoint: endpoints.itniotech, rate }),
    ],
    ...options,
  });
  clients.push(client);
  return client;
}

function lately(hours = 48) {
  const to = new Date();
  return { from: new Date(to.getTime() - hours * HOUR_MS), to };
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function rejectionOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("The promise did not reject.");
}

test("every call is read", async () => {
  const { from, to } = lately();
  const calls = await makeClient().records({ from, to }).toArray({ max: 10_000 });
  for (const [account, { calls: all }] of Object.entries(emulator.truth)) {
    const expected = all.filter(({ startedAt }) => startedAt >= from && startedAt < to).map(({ id }) => id);
    expect(
      calls
        .filter((call) => call.account === account)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(expected.sort());
    expect(expected.length).toBeGreaterThan(0);
  }
  expect(callRecordSchema.parse(calls[0])).toEqual(calls[0]);
  expect(callRecordSchema.parse(JSON.parse(JSON.stringify(calls[0])))).toEqual(calls[0]);
});

test("a sync creates its checkpoint file, and the next pass continues with it", async () => {
  const store = new FileCheckpointStore(join(folder, "sync.checkpoint"));
  const counts = [];
  for (let pass = 0; pass < 2; pass += 1) {
    let changes = 0;
    for await (const batch of makeClient().sync({ from: lately().from, store })) {
      changes += batch.changes.length;
      await batch.commit?.();
    }
    counts.push(changes);
  }
  expect(counts[0]).toBeGreaterThan(100);
  expect(counts[1]).toBeLessThan(counts[0] / 2);
  expect((await readFile(join(folder, "sync.checkpoint"))).length).toBeGreaterThan(0);
});

test("usage, active calls and one call are read", async () => {
  const client = makeClient();
  const { summaries } = await client.usage({ ...lately(), source: "records" });
  expect(summaries.length).toBeGreaterThanOrEqual(3);
  expect((await client.activeCalls({ accounts: ["tencent-ccc"] })).calls.length).toBeGreaterThan(0);
  const { from, to } = lately();
  const [call] = emulator.truth["tencent-ccc"].calls.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  expect(await client.findCall({ account: "tencent-ccc", sessionId: call.id })).toMatchObject({ id: call.id });
});

test("a refused connection is an error with its code", async () => {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const nobody = `http://127.0.0.1:${server.address().port}`;
  await new Promise((resolve) => server.close(resolve));
  const client = makeClient(
    { retry: { attempts: 1 } },
    { "tencent-ccc": nobody, "huawei-cec": nobody, itniotech: nobody },
  );
  for (const account of ["tencent-ccc", "huawei-cec", "itniotech"]) {
    const error = await rejectionOf(client.records({ ...lately(), accounts: [account] }).toArray({ max: 10 }));
    expect(error).toMatchObject({ name: "NetworkError", code: "network", vendorCode: "ECONNREFUSED" });
    expect(error.message).toContain("ECONNREFUSED");
  }
});

test("an attempt that takes too long is a TimeoutError", async () => {
  emulator.inject("stalled-header", { vendor: "itniotech", operation: "v3/cc/record/query" });
  const error = await rejectionOf(
    makeClient({ timeoutMs: 100, retry: { attempts: 1 } })
      .records({ ...lately(), accounts: ["itniotech"] })
      .toArray({ max: 10_000 }),
  );
  expect(error).toMatchObject({ name: "TimeoutError", code: "timeout" });
});

/** The operations, with arguments for which they send many requests or one slow request. */
const OPERATIONS = {
  records: async (client, signal) => {
    for await (const call of client.records({ ...lately(), signal })) String(call.id);
  },
  "records in order of time": async (client, signal) => {
    for await (const call of client.records({ ...lately(), order: "time", signal })) String(call.id);
  },
  sync: async (client, signal) => {
    for await (const batch of client.sync({ from: lately().from, checkpoint: null, signal })) await batch.commit?.();
  },
  usage: (client, signal) => client.usage({ ...lately(), source: "records", signal }),
  "the vendor's usage": (client, signal) =>
    client.usage({ ...lately(), source: "vendor", accounts: ["tencent-ccc"], signal }),
  activeCalls: (client, signal) => client.activeCalls({ signal }),
  findCall: (client, signal) =>
    client.findCall({ account: "tencent-ccc", sessionId: "0cf5be1b-de75-4445-a0c4-8dff3fa4b68b", signal }),
  probe: (client, signal) => client.probe("tencent-ccc", { signal }),
};

const CONTROLLERS = {
  "the environment's AbortController": () => new AbortController(),
  "the package abort-controller": () => new Polyfill(),
};

describe.each(Object.keys(CONTROLLERS))("a signal of %s", (controllers) => {
  test.each(Object.keys(OPERATIONS))("stops %s while it waits for a response", async (operation) => {
    const controller = CONTROLLERS[controllers]();
    emulator.inject("stalled-header", { vendor: "tencent-ccc" });
    emulator.clearRequests();
    const reading = rejectionOf(OPERATIONS[operation](makeClient(), controller.signal));
    while (!emulator.requests.some(({ fault }) => fault === "stalled-header")) await pause(5);
    const aborted = Date.now();
    controller.abort();
    expect(await reading).toMatchObject({ name: "AbortedError", code: "aborted" });
    expect(Date.now() - aborted).toBeLessThan(1000);
  });

  test.each(["records", "records in order of time", "sync", "usage"])(
    "stops %s between two requests",
    async (operation) => {
      const controller = CONTROLLERS[controllers]();
      let requests = 0;
      const onEvent = ({ type }) => {
        requests += type === "request" ? 1 : 0;
        if (requests === 2) controller.abort();
      };
      expect(await rejectionOf(OPERATIONS[operation](makeClient({ onEvent }), controller.signal))).toMatchObject({
        name: "AbortedError",
        code: "aborted",
      });
      const atEnd = emulator.requests.length;
      await pause(100);
      // Requests that were already sent still arrive.
      expect(emulator.requests.length - atEnd).toBeLessThanOrEqual(3);
    },
  );

  test("that is already aborted causes no requests", async () => {
    const controller = CONTROLLERS[controllers]();
    controller.abort();
    const before = emulator.requests.length;
    expect(
      await rejectionOf(
        makeClient()
          .records({ ...lately(), signal: controller.signal })
          .toArray({ max: 10 }),
      ),
    ).toMatchObject({ code: "aborted" });
    expect(emulator.requests.length).toBe(before);
  });
});
