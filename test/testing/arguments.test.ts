import { describe, expect, it } from "vitest";
import { conformanceChecks, replayCapture, testDestination, testProvider } from "call-records/testing";
import { rejectionOf, thrownBy } from "../client/stage.js";
import { soundSubject } from "../conformance/sound.js";

const runner = { describe: () => undefined, it: () => undefined };
const subject = soundSubject();
const records = subject.examples.records;
const destination = {
  create: () => {
    throw new Error("not called");
  },
  read: () => Promise.resolve([]),
  expireLease: () => undefined,
};

async function expectRefusal(work: Promise<unknown>, message: string): Promise<void> {
  const error = await rejectionOf(work);
  expect(error).toBeInstanceOf(RangeError);
  expect(error.message).toContain(message);
}

describe("a tool for tests", () => {
  it.each<[string, unknown]>([
    ["the options must be an object", null],
    ["the options must be an object", 5],
    ["option `provider`: must be a function", { ...subject, provider: subject.provider() }],
    ["option `vendor`: must be a function", { ...subject, vendor: undefined }],
    ["option `examples`: is missing", { ...subject, examples: undefined }],
    ["option `examples.records`: is missing", { ...subject, examples: {} }],
    ["option `examples.records.response`: is missing", { ...subject, examples: { records: {} } }],
    ["option `examples.records.codes`: ", { ...subject, examples: { records: { ...records, codes: "code" } } }],
    ["unknown option `examples.record`", { ...subject, examples: { records, record: records } }],
    ["option `failures`: is missing", { ...subject, failures: undefined }],
    ["option `failures.0.response`: is missing", { ...subject, failures: [{ classification: { type: "throttle" } }] }],
    ["unknown option `failure`", { ...subject, failure: [] }],
  ])("names what is wrong with the subject of testProvider: %s", async (message, wrong) => {
    await expectRefusal(testProvider(wrong as never, runner), `testProvider: ${message}`);
    expect(thrownBy(() => conformanceChecks(wrong as never)).message).toContain(`conformanceChecks: ${message}`);
  });

  it.each<[string, unknown]>([
    ["the options must be an object", undefined],
    ["option `create`: must be a function", { ...destination, create: {} }],
    ["option `read`: must be a function", { ...destination, read: undefined }],
    ["option `failAtStatement`: must be a function", { ...destination, failAtStatement: 1 }],
    ["option `expireLease`: must be a function", { ...destination, expireLease: undefined }],
  ])("names what is wrong with the subject of testDestination: %s", async (message, wrong) => {
    await expectRefusal(testDestination(wrong as never, runner), `testDestination: ${message}`);
  });

  it.each([null, 5, {}, { describe: runner.describe }])("refuses %o as another framework", async (wrong) => {
    const rule = "argument `runner` must have the functions `describe` and `it`";
    await expectRefusal(testProvider(subject, wrong as never), `testProvider: ${rule}`);
    await expectRefusal(testDestination(destination, wrong as never), `testDestination: ${rule}`);
  });

  it.each([undefined, null, 0, {}])("refuses %o as the file of a capture", async (file) => {
    await expectRefusal(replayCapture(file as never), "replayCapture: argument `file` must be a path or a file: URL");
  });
});
