import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { type BuiltInProvider, NetworkError, RecordingGoneError, ResponseError, VendorError } from "call-records";
import type { EmulatorOptions, FaultKind, VendorEmulator } from "call-records/testing";
import { recordingAudio } from "../../src/testing/recordings/recording-audio.js";
import { huaweiAt, rejectionOf, tencentAt } from "../client/stage.js";
import { bytesOf, openRecordingStage, recordedCalls } from "./stage.js";

const VENDORS = [
  {
    vendor: "huawei-cec",
    provider: (emulator: VendorEmulator): BuiltInProvider => huaweiAt(emulator, { recordings: true }),
    lookup: "getRecordingAddress",
    contentType: "application/octet-stream",
    keyOf: (id: string) => id,
  },
  {
    vendor: "tencent-ccc",
    provider: (emulator: VendorEmulator): BuiltInProvider => tencentAt(emulator),
    lookup: "DescribeSessionDetail",
    contentType: "audio/mpeg",
    keyOf: (id: string) => `/session/${id}.mp3`,
  },
] as const;

describe.each(VENDORS)("a recording of $vendor", ({ vendor, provider, lookup, contentType, keyOf }) => {
  async function open(emulator: EmulatorOptions = {}, client = {}) {
    const stage = await openRecordingStage(provider, emulator, client);
    const [call] = await recordedCalls(stage);
    const operations = () => stage.emulator.requests.map(({ operation }) => operation);
    return { ...stage, call, audio: recordingAudio(keyOf(call.id)), operations };
  }

  it("is downloaded from its address, which receives no credentials and does not count towards the pace", async () => {
    const { client, call, emulator, audio, permits, operations, events } = await open();
    const before = permits();
    const opened = await client.openRecording(call);
    expect(opened).toMatchObject({ contentType, sizeBytes: audio.byteLength });
    expect(await bytesOf(opened.body)).toBe(audio.toString("latin1"));
    expect(permits() - before).toBe(1);
    expect(operations()).toEqual([lookup, "recording"]);
    const [, stored] = emulator.requests;
    expect(Object.keys(stored?.headers ?? {}).sort()).toEqual([
      "accept",
      "accept-encoding",
      "connection",
      "host",
      "user-agent",
    ]);
    expect(stored?.headers.host).toBe(new URL(emulator.recordingStore ?? "").host);
    expect(events.map((event) => event.type === "request" && event.operation)).toEqual([lookup, "recording"]);
  });

  it.each([
    ["recording-gone", RecordingGoneError, 1],
    ["recording-text", ResponseError, 1],
    ["recording-json", ResponseError, 1],
    ["recording-empty", ResponseError, 1],
    ["redirect", ResponseError, 1],
    ["bomb", ResponseError, 1],
    ["html-page", NetworkError, 5],
    ["http-429", VendorError, 5],
    ["http-503", VendorError, 5],
  ] satisfies [FaultKind, new (message: string) => Error, number][])(
    "causes an error with %s",
    async (kind, errorClass, attempts) => {
      const { client, call, emulator, operations } = await open();
      emulator.inject(kind, { vendor, operation: "recording", times: 5 });
      const error = await rejectionOf(client.openRecording(call));
      expect(error).toBeInstanceOf(errorClass);
      // Neither the address nor its signature is in the error.
      expect(error.message).not.toMatch(/signature=|expires=/);
      expect(operations()).toEqual([lookup, ...Array.from({ length: attempts }, () => "recording")]);
    },
  );

  it.each(["foreign-address", "plain-address"] as const)("is not requested at a %s", async (kind) => {
    const { client, call, emulator, operations } = await open();
    emulator.inject(kind, { vendor });
    const error = await rejectionOf(client.openRecording(call));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("recordings.invalid");
    expect(error.message).toContain("`recordingHosts`");
    expect(operations()).toEqual([lookup]);
  });

  it("gets a new address once, where the first has expired", async () => {
    const { client, call, emulator, audio, operations } = await open();
    emulator.inject("recording-expired", { vendor });
    const { body } = await client.openRecording(call);
    expect(await bytesOf(body)).toBe(audio.toString("latin1"));
    expect(operations()).toEqual([lookup, "recording", lookup, "recording"]);
  });

  it("is gone where a new address has expired too", async () => {
    const { client, call, emulator, operations } = await open();
    emulator.inject("recording-expired", { vendor, times: 2 });
    expect(await rejectionOf(client.openRecording(call))).toBeInstanceOf(RecordingGoneError);
    expect(operations().filter((one) => one === lookup)).toHaveLength(2);
  });

  it("is gone after the vendor's retention", async () => {
    const { client, call } = await open({ recordingRetentionSeconds: { [vendor]: 1 } });
    expect(await rejectionOf(client.openRecording(call))).toBeInstanceOf(RecordingGoneError);
  });

  it.each(["cut-body", "stalled-body"] as const)("continues after a %s, also with a new address", async (kind) => {
    const { client, call, emulator, audio, operations, clock, events } = await open();
    emulator.inject(kind, { vendor, operation: "recording" });
    emulator.inject("recording-expired", { vendor });
    const { body } = await client.openRecording(call);
    const reading = bytesOf(body);
    while (kind === "stalled-body" && !events.some(({ type }) => type === "retry")) {
      clock.expire();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await reading).toBe(audio.toString("latin1"));
    expect(operations()).toEqual([lookup, "recording", "recording", lookup, "recording"]);
    expect(emulator.requests.map(({ status }) => status)).toEqual([200, 200, 403, 200, 206]);
  });

  it("is never a mixture of two versions", async () => {
    const { client, call, emulator } = await open();
    emulator.inject("cut-body", { vendor, operation: "recording" });
    emulator.inject("recording-changed", { vendor });
    const { body } = await client.openRecording(call);
    const error = await rejectionOf(bytesOf(body));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ retryable: true });
  });

  it.each(["abort", "destroy", "close"] as const)("closes its connection on %s", async (end) => {
    const { client, call, emulator } = await open();
    const controller = new AbortController();
    emulator.inject("stalled-body", { vendor, operation: "recording" });
    const { body } = await client.openRecording(call, { signal: controller.signal });
    const reading = rejectionOf(bytesOf(body));
    if (end === "abort") controller.abort();
    else if (end === "destroy") body.destroy();
    else await client.close();
    expect(await reading).toMatchObject({ code: end === "destroy" ? "ERR_STREAM_PREMATURE_CLOSE" : "aborted" });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    // A closed server waits for its connections.
    await emulator.close();
    const after = end === "abort" ? { signal: controller.signal } : {};
    if (end !== "destroy")
      expect(await rejectionOf(client.openRecording(call, after))).toMatchObject({ retryable: false });
  });
});
