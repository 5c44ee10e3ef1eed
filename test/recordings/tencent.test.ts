import { describe, expect, it } from "vitest";
import { type CallRecord, RecordingGoneError, RequestError, ResponseError, tencentCcc } from "call-records";
import { recordingAudio } from "../../src/testing/recordings/recording-audio.js";
import { bodyOf, DAY, NOW, openClient, openEmulator, rejectionOf, tencentAt } from "../client/stage.js";
import { bytesOf } from "./stage.js";

async function open() {
  const emulator = await openEmulator({ days: 20, callsPerDay: 60, activeCalls: 0 });
  const client = openClient({
    providers: [tencentAt(emulator)],
    clock: { now: () => NOW, sleep: () => new Promise(() => undefined) },
  });
  const calls = await client.records({ from: new Date(NOW - 20 * DAY), to: new Date(NOW) }).toArray({ max: 5000 });
  emulator.clearRequests();
  const find = (matches: (call: CallRecord) => boolean) => {
    const call = calls.find(matches);
    if (call === undefined) throw new TypeError("The emulator has no such call.");
    return call;
  };
  return { emulator, client, calls, find };
}

describe("Tencent", () => {
  it("sends the recording of each participant and each voice mail", async () => {
    const { client, emulator, find } = await open();
    const transferred = find(({ legs }) => legs.filter(({ recordings }) => recordings.length > 0).length === 2);
    for (const { recordings } of transferred.legs) {
      for (const recording of recordings) {
        const { body } = await client.openRecording(transferred, { recording });
        expect(await bytesOf(body)).toBe(recordingAudio(new URL(recording.url ?? "").pathname).toString("latin1"));
      }
    }
    const left = find(({ recordings }) => recordings.some(({ kind }) => kind === "voicemail"));
    const { body } = await client.openRecording(left);
    expect(await bytesOf(body)).toBe(recordingAudio(`/voicemail/${left.id}.mp3`).toString("latin1"));
    const [first] = emulator.requests;
    const { SdkAppId, SessionId, StartTimestamp, EndTimestamp } = bodyOf(first);
    expect({ SdkAppId, SessionId }).toEqual({ SdkAppId: Number(transferred.application), SessionId: transferred.id });
    expect(Number(StartTimestamp) * 1000).toBeLessThan(transferred.startedAt.getTime());
    expect(Number(EndTimestamp) * 1000).toBeGreaterThanOrEqual(
      (transferred.endedAt ?? transferred.startedAt).getTime(),
    );
  });

  it("does not send the company's own copy unless its host is declared", async () => {
    const { client, find } = await open();
    const call = find(
      ({ recordings }) => recordings.length > 1 && recordings[1]?.url?.includes("records.example.com") === true,
    );
    const error = await rejectionOf(client.openRecording(call, { recording: call.recordings[1] }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("records.example.com");
    const { body } = await client.openRecording(call, { recording: call.recordings[0] });
    expect((await bytesOf(body)).length).toBeGreaterThan(0);
  });

  it("is not requested for a call without a start or an application, or one that it no longer finds", async () => {
    const { client, emulator, find } = await open();
    const call = find(({ recordings }) => recordings.length > 0);
    expect(await rejectionOf(client.openRecording({ ...call, startedAt: null }))).toBeInstanceOf(RequestError);
    expect(await rejectionOf(client.openRecording({ ...call, application: null }))).toBeInstanceOf(RequestError);
    const old = { ...call, startedAt: new Date(NOW - 200 * DAY), endedAt: new Date(NOW - 200 * DAY) };
    expect(await rejectionOf(client.openRecording(old))).toBeInstanceOf(RecordingGoneError);
    expect(emulator.requests).toEqual([]);
  });
});

describe("the addresses of Tencent in a session", () => {
  const { operations } = tencentCcc({
    secretId: "a-key-of-nobody",
    secretKey: "a-secret-of-nobody",
    sdkAppIds: [1],
    recordingHosts: ["*.Example.com"],
  });
  const { recordings } = operations;
  const STORE = "https://recorder.cos.myqcloud.com";
  const recording = (id: string | null, url: string | null, kind: "call" | "voicemail" = "call") => ({
    id,
    url,
    kind,
    transcriptUrl: null,
  });
  const call = (own: ReturnType<typeof recording>[]) => ({
    ...{ application: "1", id: "s", relatedIds: {}, startedAt: new Date(NOW), endedAt: new Date(NOW), legs: [] },
    recordings: own,
  });
  const addressIn = (response: object, own: ReturnType<typeof recording>[], wanted = 0) => {
    const lookup = recordings?.lookup;
    const chosen = own[wanted] ?? recording(null, null);
    return lookup?.address(lookup.responseSchema.parse({ Response: response }), {
      call: call(own),
      recording: chosen,
      leg: null,
      now: new Date(NOW),
    });
  };

  it("include the declared hosts in lower case", () => {
    expect(recordings?.hosts).toEqual(["*.myqcloud.com", "*.example.com"]);
  });

  it.each([
    [
      "its path",
      { RecordURL: `${STORE}/b.mp3?sign=1`, CustomRecordURL: `${STORE}/a.mp3?sign=2` },
      [recording("r", `${STORE}/a.mp3`)],
      `${STORE}/a.mp3?sign=2`,
    ],
    [
      "its id",
      { RecordId: "r", RecordURL: `${STORE}/new.mp3` },
      [recording("r", `${STORE}/old.mp3`)],
      `${STORE}/new.mp3`,
    ],
    [
      "the id of a participant",
      { RecordURL: `${STORE}/x.mp3`, ServeParticipants: [{ RecordId: "p", RecordURL: `${STORE}/y.mp3` }] },
      [recording("p", null)],
      `${STORE}/y.mp3`,
    ],
    [
      "the only voice mail",
      { VoicemailRecordURL: [`${STORE}/v.mp3`] },
      [recording(null, `${STORE}/old.mp3`, "voicemail")],
      `${STORE}/v.mp3`,
    ],
  ])("are found by %s", (_, response, own, expected) => {
    expect(addressIn(response, own)).toBe(expected);
  });

  it("are gone where the session lists no audio, and wrong where it lists only other audio", () => {
    expect(addressIn({ RecordURL: "" }, [recording("r", `${STORE}/a.mp3`)])).toBeNull();
    expect(addressIn({}, [recording("r", `${STORE}/a.mp3`)])).toBeNull();
    expect(() =>
      addressIn({ RecordId: "other", RecordURL: `${STORE}/b.mp3` }, [recording("r", `${STORE}/a.mp3`)]),
    ).toThrow(ResponseError);
  });
});
