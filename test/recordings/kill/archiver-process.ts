import { watch } from "node:fs";
import { archiveRecordings } from "call-records";
import { servePass } from "../../kill/serve-pass.js";
import { openClient } from "./account.js";
import { MANIFEST } from "./archive-state.js";
import type { ArchiverMessage, Pass } from "./pass.js";
import { SlowTransport } from "./slow-transport.js";

/** Runs the archive once. */
async function archive(pass: Pass, send: (message: ArchiverMessage) => void): Promise<ArchiverMessage> {
  const counts = { opened: 0, received: 0, noted: 0, archived: 0 };
  const announce = (event: keyof typeof counts) => () => {
    counts[event] += 1;
    send({ event, number: counts[event] });
  };
  // The library reports nothing between the line of a file and its move.
  watch(pass.directory, (type, name) => {
    if (type === "change" && name === MANIFEST) announce("noted")();
  });
  const client = openClient(pass, new SlowTransport(pass.delayMs, announce("opened"), announce("received")));
  const { fetched, kept, gone, failed } = await archiveRecordings(client, {
    from: new Date(pass.from),
    to: new Date(pass.now),
    directory: pass.directory,
    onProgress: announce("archived"),
  });
  await client.close();
  const missing = [
    ...gone.map(({ path, gone: reason }) => `${path}: ${reason ?? "no reason"}`),
    ...failed.map(({ path, error }) => `${path}: ${error.message}`),
  ];
  return { event: "done", fetched, kept, missing };
}

servePass<ArchiverMessage>(
  (pass, send) => archive(pass as Pass, send),
  (text) => ({ event: "failed", text }),
);
