import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator } from "call-records/testing";
import { expect, it, onTestFinished } from "vitest";
import { newFolder, run } from "./command.js";
import { expectNoSecret } from "./secrets.js";

it("recordings fills a folder, lists what is gone, and continues in a second run", async () => {
  const emulator = await startVendorEmulator({ days: 2, callsPerDay: 15 });
  onTestFinished(() => emulator.close());
  const cwd = await newFolder();
  emulator.inject("recording-gone", { vendor: "itniotech", operation: "voice/getVoiceFile" });
  emulator.inject("recording-json", { vendor: "itniotech", operation: "voice/getVoiceFile" });
  const command = () =>
    run(["recordings", "--from", "2d", "--account", "itniotech", "--out", "recordings/"], {
      cwd,
      env: emulator.environment(),
    });
  const first = await command();
  expect(first).toMatchObject({ code: 3, stdout: "" });
  expect(first.stderr).toMatch(/recordings\/: \d+ recordings fetched \([\d,]+ bytes\), 0 there before, 1 gone\./);
  expect(first.stderr).toMatch(/not fetched: itniotech\/.+: the response is not audio/);
  expectNoSecret(emulator, first);
  const second = await command();
  expect(second.code).toBe(0);
  expect(second.stderr).toMatch(/1 recording fetched \([\d,]+ bytes\), \d+ there before, 1 gone\./);
  const manifest = await readFile(join(cwd, "recordings/manifest.ndjson"), "utf8");
  const files = (await readdir(join(cwd, "recordings/itniotech"), { recursive: true })).filter((name) =>
    name.endsWith(".wav"),
  );
  expect(manifest.match(/"gone":null/g)).toHaveLength(files.length);
});
