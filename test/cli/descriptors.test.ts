import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder } from "./command.js";
import { linesOf } from "./lines.js";
import { shell } from "./shell.js";

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 5, callsPerDay: 20, activeCalls: 0 });
});
afterAll(() => emulator.close());

const RECORDS = "call-records records --from 4d --account itniotech --limit 3";

describe.skipIf(process.platform === "win32")("--out with an open file descriptor", () => {
  it.each(["-", "/dev/stdout", "/proc/self/fd/1", "/dev/fd/1"])(
    "%s is standard output, which may be a file that is appended to",
    async (out) => {
      const cwd = await newFolder();
      await writeFile(join(cwd, "calls"), "before\n");
      const { code, stderr } = await shell(`${RECORDS} --out ${out} >> calls`, { cwd, env: emulator.environment() });
      expect(code, stderr).toBe(0);
      const [first, ...lines] = (await readFile(join(cwd, "calls"), "utf8")).trimEnd().split("\n");
      expect(first).toBe("before");
      expect(lines).toHaveLength(3);
      expect(await readdir(cwd)).toEqual(["calls"]);
      const piped = await shell(`${RECORDS} --out ${out} | cat`, { cwd, env: emulator.environment() });
      expect(linesOf(piped.stdout)).toHaveLength(3);
    },
  );

  it.each([
    ["/dev/stderr", "2>> calls"],
    ["/dev/fd/3", "3>> calls"],
    ["/proc/self/fd/3", "3>> calls"],
  ])("%s with %s appends to that file", async (out, redirection) => {
    const cwd = await newFolder();
    await writeFile(join(cwd, "calls"), "before\n");
    const { code, stderr } = await shell(`${RECORDS} --quiet --format ndjson --out ${out} ${redirection}`, {
      cwd,
      env: emulator.environment(),
    });
    expect(code, stderr).toBe(0);
    const [first, ...lines] = (await readFile(join(cwd, "calls"), "utf8")).trimEnd().split("\n");
    expect([first, lines.length]).toEqual(["before", 3]);
    expect(await readdir(cwd)).toEqual(["calls"]);
  });

  it("writes to a process substitution of the shell", async () => {
    const cwd = await newFolder();
    const { code, stderr } = await shell(
      `${RECORDS} --format ndjson --out >(cat > calls; touch done); while [ ! -e done ]; do :; done`,
      { cwd, env: emulator.environment() },
    );
    expect(code, stderr).toBe(0);
    expect(linesOf(await readFile(join(cwd, "calls"), "utf8"))).toHaveLength(3);
  });

  it("reads - as standard output for every command, and ./- as a file", async () => {
    const cwd = await newFolder();
    await mkdir(join(cwd, "x"));
    for (const command of [
      "usage --from 1d --account itniotech",
      "active --account huawei-cec",
      "providers",
      "doctor --account itniotech",
      "sync --state s --from 4d --account itniotech",
    ]) {
      const { code, stderr } = await shell(`call-records ${command} --out - > "x/${command.split(" ")[0] ?? ""}"`, {
        cwd,
        env: emulator.environment(),
      });
      expect(code, stderr).toBe(0);
    }
    expect((await readdir(cwd)).sort()).toEqual(["s", "x"]);
    expect(linesOf(await readFile(join(cwd, "x", "sync"), "utf8")).length).toBeGreaterThan(10);
    expect((await shell(`${RECORDS} --out ./-`, { cwd, env: emulator.environment() })).code).toBe(0);
    expect((await readdir(cwd)).sort()).toEqual(["-", "s", "x"]);
  });

  it("is repeated in the command that fetches the missing data", async () => {
    const cwd = await newFolder();
    const { stderr } = await shell("call-records records --from 1d --out /dev/stdout > x", {
      cwd,
      env: { ...emulator.environment(), ITNIOTECH_API_SECRET: "wrong" },
    });
    expect(stderr).toContain("--account itniotech --out /dev/stdout");
  });
});
