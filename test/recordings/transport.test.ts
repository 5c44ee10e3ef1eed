import { createServer, type RequestListener } from "node:http";
import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { itniotech, NetworkError, ResponseError, TimeoutError, type Transport, UnsupportedError } from "call-records";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import { closeWithFile } from "../closing.js";
import { openClient, rejectionOf } from "../client/stage.js";
import { bytesOf } from "./stage.js";

const CALL = {
  account: "itniotech",
  application: null,
  id: "1",
  recordings: [{ id: "a.wav", url: null, kind: "call" as const, transcriptUrl: null }],
};
const AUDIO = { "Content-Type": "audio/mpeg" };

async function openServer(listener: RequestListener, options: { maxRecordingBytes?: number } = {}) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeWithFile(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server has no port.");
  const clock = new HastyClock();
  const endpoint = `http://127.0.0.1:${address.port}`;
  const providers = [itniotech({ apiKey: "a-key", apiSecret: "a-secret", endpoint })];
  const client = openClient({ providers, clock, timeoutMs: TIMEOUT_MS, random: () => 0, ...options });
  return { client, clock, server };
}

describe("a recording without a length", () => {
  it("is read in chunks, and has no size", async () => {
    const { client } = await openServer((_, response) => {
      response.writeHead(200, AUDIO);
      response.write("one");
      response.end("two");
    });
    const { sizeBytes, body } = await client.openRecording(CALL);
    expect(sizeBytes).toBeNull();
    expect(await bytesOf(body)).toBe("onetwo");
  });

  it("is refused where nothing marks its end", async () => {
    const { client } = await openServer((_, response) => {
      response.removeHeader("transfer-encoding");
      response.useChunkedEncodingByDefault = false;
      response.writeHead(200, { ...AUDIO, Connection: "close" });
      response.end("audio");
    });
    const error = await rejectionOf(client.openRecording(CALL));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("neither its length nor an encoding with an end");
  });

  it("is refused where it is empty, and where it exceeds the limit", async () => {
    const sizes = [0, 101];
    const { client } = await openServer(
      (_, response) => {
        response.writeHead(200, { ...AUDIO, "Transfer-Encoding": "chunked" });
        response.end("x".repeat(sizes.shift() ?? 0));
      },
      { maxRecordingBytes: 100 },
    );
    const empty = await rejectionOf(bytesOf((await client.openRecording(CALL)).body));
    expect(empty).toBeInstanceOf(ResponseError);
    expect(empty.message).toContain("the recording is empty");
    const large = await rejectionOf(bytesOf((await client.openRecording(CALL)).body));
    expect(large).toBeInstanceOf(ResponseError);
    expect(large.message).toContain("larger than 100 bytes");
  });
});

describe("a download", () => {
  it("has a time limit for the headers and for silence, and none for a slow reader", async () => {
    const { client, clock } = await openServer((_, response) => {
      response.writeHead(200, { ...AUDIO, "Content-Length": "6" });
      response.write("one");
    });
    const { body } = await client.openRecording(CALL);
    for (let turns = 0; turns < 20; turns += 1) await turn();
    // Nobody reads, so no time limit runs.
    expect(clock.armed).toBe(0);
    const reading = rejectionOf(bytesOf(body));
    const state = { isOver: false };
    void reading.then(() => (state.isOver = true));
    while (!state.isOver) {
      clock.expire();
      await turn();
    }
    expect(await reading).toBeInstanceOf(TimeoutError);
    expect(await reading).toMatchObject({ retryable: true });
  });

  it("reads from the vendor only as fast as its reader", async () => {
    let written = 0;
    const { client } = await openServer((_, response) => {
      response.writeHead(200, { ...AUDIO, "Content-Length": String(64 * 1_048_576) });
      const more = () => {
        while (written < 64 && response.write(Buffer.alloc(1_048_576))) written += 1;
        written += 1;
        if (written < 64) response.once("drain", more);
      };
      more();
    });
    const { body } = await client.openRecording(CALL);
    await new Promise((resolve) => body.once("readable", resolve));
    for (let turns = 0; turns < 200; turns += 1) await turn();
    expect(written).toBeLessThan(32);
    body.destroy();
  });

  it("is unsupported by a transport that cannot stream", async () => {
    const providers = [itniotech({ apiKey: "a-key", apiSecret: "a-secret" })];
    const transport: Transport = { send: () => Promise.reject(new TypeError("Nothing may be sent.")) };
    const error = await rejectionOf(openClient({ providers, transport }).openRecording(CALL));
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toContain("`transport`");
  });

  it("accepts the stream of a user's transport, and does not believe that it ended too early", async () => {
    const bodies = ["whole", "short"];
    const transport: Transport = {
      send: () => Promise.reject(new TypeError("Nothing else may be sent.")),
      open: () =>
        Promise.resolve({
          status: 200,
          headers: { "content-type": "audio/wav", "content-length": "5" },
          body: Readable.from([Buffer.from(bodies.shift() === "short" ? "abc" : "abcde")]),
        }),
    };
    const providers = [itniotech({ apiKey: "a-key", apiSecret: "a-secret" })];
    const client = openClient({ providers, transport, retry: { attempts: 1 } });
    expect(await bytesOf((await client.openRecording(CALL)).body)).toBe("abcde");
    const error = await rejectionOf(bytesOf((await client.openRecording(CALL)).body));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.message).toContain("after 3 of 5 bytes");
  });
});
