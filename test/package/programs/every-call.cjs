const assert = require("node:assert/strict");
const { mkdtemp, readFile, rm } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/**
 * Checks the main features with the modules of one module system: each vendor's calls are read once, errors have their class, and a record survives JSON.
 * @returns the number of calls by account.
 */
exports.readEveryCall = async (
  { CallRecordsClient, RequestError, callRecordSchema },
  { tencentCcc, huaweiCec, itniotech },
  { startVendorEmulator },
) => {
  const emulator = await startVendorEmulator({ seed: 7, days: 2, callsPerDay: 40 });
  const { credentials, endpoints, truth } = emulator;
  const client = new CallRecordsClient({
    providers: [
      tencentCcc({ ...credentials["tencent-ccc"], endpoint: endpoints["tencent-ccc"] }),
      huaweiCec({ ...credentials["huawei-cec"], endpoint: endpoints["huawei-cec"] }),
      itniotech({ ...credentials.itniotech, endpoint: endpoints.itniotech }),
    ],
  });
  try {
    const to = new Date();
    const from = new Date(to.getTime() - 36 * 3_600_000);
    const calls = await client.records({ from, to }).toArray({ max: 10_000 });
    const read = {};
    for (const [account, { calls: all }] of Object.entries(truth)) {
      const expected = all.filter(({ startedAt }) => startedAt >= from && startedAt < to).map(({ id }) => id);
      const found = calls.filter((call) => call.account === account).map(({ id }) => id);
      assert.deepEqual(found.sort(), expected.sort(), account);
      read[account] = found.length;
    }
    assert.deepEqual(callRecordSchema.parse(JSON.parse(JSON.stringify(calls[0]))), calls[0]);
    assert.throws(() => client.records({ from: to, to: from }), RequestError);
    return read;
  } finally {
    await client.close();
    await emulator.close();
  }
};

/** Checks that two builds in one process accept each other's errors, records and providers. */
exports.meet = async (one, other) => {
  const thrownBy = ({ CallRecordsClient }) => {
    try {
      return new CallRecordsClient({ providers: [{}] });
    } catch (error) {
      return error;
    }
  };
  assert.notEqual(one.ConfigurationError, other.ConfigurationError, "the builds are two");
  for (const [here, there] of [
    [one, other],
    [other, one],
  ]) {
    const error = thrownBy(here);
    assert.equal(error.name, "ConfigurationError");
    assert.ok(error instanceof there.ConfigurationError && error instanceof there.CallRecordsError);
    assert.ok(!(error instanceof there.RequestError));
    const client = new there.CallRecordsClient({ providers: [here.itniotech({ apiKey: "key", apiSecret: "secret" })] });
    const record = client.normalize("itniotech", {
      keyId: "1",
      callType: 1,
      callStartTime: "2026-11-01 00:00:00",
      hangupReason: 1,
    });
    assert.deepEqual(here.callRecordSchema.parse(record), record);
    await client.close();
  }
};

/** Checks that the entries of one module system share each class, and that no name is exported by two of them. */
exports.share = ({ ConfigurationError, ...main }, { parseOptions, commonOptions, ...adapter }) => {
  const { rate } = commonOptions({ account: "acme", rate: { requestsPerSecond: 1, concurrency: 1 } });
  assert.throws(
    () => parseOptions("acme", rate, "fast"),
    (error) => error.constructor === ConfigurationError,
  );
  assert.deepEqual(
    Object.keys(adapter).filter((name) => Object.hasOwn(main, name)),
    [],
  );
};

/** Checks that a Parquet file is written, and that its entry shares the classes of errors. */
exports.writeFile = async ({ RequestError }, { writeParquet }) => {
  const folder = await mkdtemp(join(tmpdir(), "parquet-"));
  try {
    const path = join(folder, "calls.parquet");
    const { rows, bytes } = await writeParquet([], path);
    const file = await readFile(path);
    assert.deepEqual([rows, bytes, file.toString("latin1", 0, 4)], [0, file.length, "PAR1"]);
    await assert.rejects(writeParquet([], folder), (error) => error.constructor === RequestError);
  } finally {
    await rm(folder, { recursive: true });
  }
};
