import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { URL } from "node:url";
import {
  CallRecordsClient,
  type Clock,
  type PreparedRequest,
  type Provider,
  RecordingGoneError,
  ResponseError,
  type StreamResponse,
  type Transport,
} from "../../index.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { recordingQuery } from "./recording-query.js";
import type { ConformanceSubject, ConformanceVendor, RecordingExample } from "./subject.js";

const AUDIO = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251));
const HEADERS = { "content-type": "audio/mpeg", "content-length": String(AUDIO.byteLength) };
/** The headers that the library itself sends to an address. */
const PLAIN_HEADERS = new Set(["accept", "accept-encoding", "user-agent"]);

/** Checks that the client downloads a recording by the adapter's declarations. */
export function downloadChecks({
  provider: make,
  vendor: makeVendor,
  examples,
}: ConformanceSubject): ConformanceCheck[] {
  const { recordings: example } = examples;
  // The user's own client sends the requests, so the responses cannot be replaced.
  if (example === undefined || make().send !== undefined) return [];
  const check = checkOf("recordings");
  const respond = (status: number, headers: Record<string, string>, content: Buffer) => (): StreamResponse => ({
    ...{ status, headers, body: Readable.from([content]) },
  });
  const open = (response: () => StreamResponse) => openExample(make(), makeVendor(), example, response);
  return [
    check("downloads the recording of the example", async () => {
      const { provider, opened, audio, error } = await open(respond(200, HEADERS, AUDIO));
      if (audio === null) throw error;
      assert.deepEqual(audio, AUDIO, "the downloaded audio differs from the vendor's");
      const [request, ...others] = opened;
      assert.ok(request !== undefined && others.length === 0, "one request for the audio is sent");
      if (provider.operations.recordings?.locate(recordingQuery(example)).type === "api") return;
      const sent = Object.keys(request.headers).map((name) => name.toLowerCase());
      assert.deepEqual(
        sent.filter((name) => !PLAIN_HEADERS.has(name)),
        [],
        "an address must receive no credentials",
      );
      const text = JSON.stringify(request);
      for (const secret of provider.secrets())
        assert.ok(!text.includes(secret), "an address must not contain a secret");
    }),
    check("reports a recording that is gone, where the server has none", async () => {
      const { audio, error, isAddress } = await open(respond(410, { "content-length": "0" }, Buffer.from(" ")));
      assert.ok(
        error instanceof RecordingGoneError || (!isAddress && audio === null),
        `HTTP 410 must cause a RecordingGoneError, not ${String(error)}`,
      );
    }),
    check("does not take JSON with status 200 for audio", async () => {
      const json = Buffer.from(JSON.stringify({ message: "The recording is being prepared." }));
      const { audio } = await open(respond(200, { "content-type": "application/json" }, json));
      assert.equal(audio, null, "JSON with status 200 was returned as a recording");
    }),
    check("does not follow a redirect", async () => {
      const { error, opened } = await open(
        respond(302, { location: "https://elsewhere.invalid/", "content-length": "0" }, Buffer.from(" ")),
      );
      assert.ok(error instanceof ResponseError, `a redirect must cause a ResponseError, not ${String(error)}`);
      for (const { url } of opened)
        assert.notEqual(new URL(url).hostname, "elsewhere.invalid", "a redirect was followed");
    }),
  ];
}

/** Opens the recording of an example, and reads it. Returns the error where that fails. */
async function openExample(
  provider: Provider,
  vendor: ConformanceVendor,
  example: RecordingExample,
  response: () => StreamResponse,
) {
  const { now } = recordingQuery(example);
  const opened: PreparedRequest[] = [];
  const tokenUrl = provider.auth?.token?.request().url;
  const transport: Transport = {
    // The only other requests are for a token.
    send: async (request) =>
      request.url === tokenUrl
        ? vendor.respond(request, now)
        : { status: 200, headers: {}, text: JSON.stringify(example.response) },
    open(request) {
      opened.push(request);
      return Promise.resolve(response());
    },
  };
  const client = new CallRecordsClient({
    providers: [provider],
    transport,
    clock: instantClock(now.getTime()),
    retry: { attempts: 1 },
  });
  try {
    const { body } = await client.openRecording({ ...example.call, account: provider.account });
    return { provider, opened, isAddress: isAddress(provider, example), audio: await buffer(body), error: null };
  } catch (error) {
    return { provider, opened, isAddress: isAddress(provider, example), audio: null, error };
  } finally {
    await client.close();
  }
}

function isAddress({ operations }: Provider, example: RecordingExample): boolean {
  return operations.recordings?.locate(recordingQuery(example)).type !== "api";
}

/** Returns a clock whose sleeps end at once, and whose time limits never end. */
function instantClock(start: number): Clock {
  let time = start;
  return {
    now: () => time,
    sleep(ms) {
      time += ms;
      return Promise.resolve();
    },
    timeLimit: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener(
          "abort",
          () => {
            reject(new Error("The work ended in time."));
          },
          { once: true },
        );
      }),
  };
}
