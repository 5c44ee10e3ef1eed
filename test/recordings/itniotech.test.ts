import { describe, expect, it } from "vitest";
import {
  CallRecordsError,
  NetworkError,
  RecordingGoneError,
  RequestError,
  ResponseError,
  VendorError,
  type ItniotechOptions,
} from "call-records";
import type { EmulatorOptions, FaultKind } from "call-records/testing";
import { recordingAudio } from "../../src/testing/recordings/recording-audio.js";
import { itniotechAt, rejectionOf } from "../client/stage.js";
import { bytesOf, openRecordingStage, recordedCalls } from "./stage.js";

const OPERATION = "voice/getVoiceFile";

async function open(options: Partial<ItniotechOptions> = {}, emulator: EmulatorOptions = {}, client = {}) {
  const stage = await openRecordingStage((vendors) => itniotechAt(vendors, options), emulator, client);
  const [call] = await recordedCalls(stage);
  const path = call.recordings[0]?.id ?? "";
  return { ...stage, call, path, audio: recordingAudio(path) };
}

describe("a recording of Itniotech", () => {
  it("is downloaded with the account's signature and pace", async () => {
    const { client, call, emulator, path, audio, permits, events } = await open();
    const before = permits();
    const { contentType, sizeBytes, body } = await client.openRecording(call);
    expect({ contentType, sizeBytes }).toEqual({ contentType: "audio/mpeg", sizeBytes: audio.byteLength });
    expect(await bytesOf(body)).toBe(audio.toString("latin1"));
    expect(permits() - before).toBe(1);
    const [request, ...others] = emulator.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      method: "GET",
      path: "/voice/getVoiceFile",
      query: `voiceFileId=${encodeURIComponent(path)}`,
      headers: { "api-key": emulator.credentials.itniotech.apiKey, "accept-encoding": "identity" },
    });
    expect(request?.headers).toMatchObject({
      sign: expect.any(String) as unknown,
      timestamp: expect.any(String) as unknown,
    });
    expect(events.map(({ type }) => type)).toEqual(["request"]);
    expect(events[0]).toMatchObject({ operation: "/voice/getVoiceFile", status: 200, error: null });
  });

  it("is requested at the path of the option", async () => {
    const { client, call, emulator } = await open({ recordingPath: "/v3/voice/getVoiceFile" });
    const error = await rejectionOf(client.openRecording(call));
    expect(error).toBeInstanceOf(VendorError);
    expect(error.message).toMatch(/`recordingPath`/);
    expect(emulator.requests).toMatchObject([{ path: "/v3/voice/getVoiceFile", status: 404 }]);
  });

  it.each([
    ["throttled", "rate-limit", "-15", 5],
    ["recording-gone", "recording-gone", "-24", 1],
    ["internal-error", "vendor", "-18", 5],
    ["http-503", "vendor", "HTTP 503", 5],
    ["html-page", "network", "HTTP 200", 5],
    ["redirect", "response", "HTTP 302", 1],
    ["recording-text", "response", "HTTP 200", 1],
    ["recording-json", "response", "HTTP 200", 1],
    ["recording-empty", "response", null, 1],
    ["bomb", "response", null, 1],
    ["reset", "network", "ECONNRESET", 5],
  ] satisfies [FaultKind, string, string | null, number][])(
    "causes an error with %s",
    async (kind, code, vendorCode, attempts) => {
      const { client, call, emulator } = await open();
      emulator.inject(kind, { operation: OPERATION, times: 5 });
      const error = await rejectionOf(client.openRecording(call));
      expect(error).toBeInstanceOf(CallRecordsError);
      expect(error).toMatchObject({ code, vendorCode, account: "itniotech" });
      expect(emulator.requests).toHaveLength(attempts);
      expect(error.message).not.toContain(emulator.credentials.itniotech.apiSecret);
    },
  );

  it("is gone after the vendor's retention", async () => {
    const { client, call } = await open({}, { recordingRetentionSeconds: { itniotech: 1 } });
    expect(await rejectionOf(client.openRecording(call))).toBeInstanceOf(RecordingGoneError);
  });

  it("fails, and is not short, where the download breaks and cannot continue", async () => {
    const { client, call, emulator, audio } = await open();
    emulator.inject("cut-body", { operation: OPERATION });
    const { body } = await client.openRecording(call);
    const error = await rejectionOf(bytesOf(body));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ retryable: true });
    expect(error.message).toContain(`of ${audio.byteLength} bytes`);
    expect(emulator.requests).toHaveLength(1);
  });

  it("continues after a broken download where the server allows it, with a new signature and at the account's pace", async () => {
    const { client, call, emulator, audio, permits, events } = await open({}, { recordingRanges: { itniotech: true } });
    emulator.inject("cut-body", { operation: OPERATION });
    const before = permits();
    const { body } = await client.openRecording(call);
    expect(await bytesOf(body)).toBe(audio.toString("latin1"));
    expect(permits() - before).toBe(2);
    expect(emulator.requests.map(({ status }) => status)).toEqual([200, 206]);
    expect(emulator.requests[1]?.headers).toMatchObject({
      range: expect.stringMatching(/^bytes=\d+-$/) as unknown,
      "if-range": expect.stringMatching(/^"[0-9a-f]{32}"$/) as unknown,
      sign: expect.any(String) as unknown,
    });
    expect(events.map(({ type }) => type)).toEqual(["request", "retry", "request"]);
  });

  it("larger than the limit is refused before it is read", async () => {
    const { client, call, audio } = await open({}, {}, { maxRecordingBytes: 1000 });
    const error = await rejectionOf(client.openRecording(call));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain(`larger than 1000 bytes (${audio.byteLength} bytes)`);
    expect(error.message).toContain("`maxRecordingBytes`");
  });

  it.each([
    "https://elsewhere.invalid/a.wav",
    "http://elsewhere.invalid/a.wav",
    "http://user:pw@127.0.0.1/a.wav",
    "ftp://127.0.0.1/a",
  ])("with the address %s is not requested", async (voiceUrl) => {
    const { client, call, emulator } = await open();
    const recording = { id: null, url: voiceUrl, kind: "call" as const, transcriptUrl: null };
    const error = await rejectionOf(client.openRecording({ ...call, recordings: [recording] }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toMatch(/the address of the recording/);
    expect(emulator.requests).toEqual([]);
  });

  it("that is not one of the call is refused, and so is a call without any", async () => {
    const { client, call, emulator } = await open();
    const error = await rejectionOf(client.openRecording(call, { recording: "another" }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error.message).toContain("argument `recording`");
    const none = await rejectionOf(client.openRecording({ ...call, recordings: [] }));
    expect(none.message).toContain("lists no recording");
    expect(none).toBeInstanceOf(RequestError);
    expect(emulator.requests).toEqual([]);
  });

  it("is found by its id, as an object, and in a call that was stored as JSON", async () => {
    const { client, call, path, audio } = await open();
    const stored = JSON.parse(JSON.stringify(call)) as typeof call;
    for (const recording of [path, call.recordings[0]]) {
      const { body } = await client.openRecording(stored, { recording });
      expect(await bytesOf(body)).toBe(audio.toString("latin1"));
    }
  });
});
