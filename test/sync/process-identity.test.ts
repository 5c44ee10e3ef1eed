import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { afterEach, describe, expect, it } from "vitest";
import { isProcessAlive, type ProcessIdentity, processIdentity } from "../../src/files/process-identity.js";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function own(): Promise<ProcessIdentity> {
  const identity = await processIdentity();
  if (identity === null) throw new TypeError("Linux identifies its processes.");
  return identity;
}

/** Returns the identity of another process, as that process itself would determine it. */
async function identityOf(pid: number): Promise<ProcessIdentity> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8");
  const started = status.slice(status.lastIndexOf(")") + 2).split(" ")[19];
  if (started === undefined) throw new TypeError("The process has no start time.");
  return { ...(await own()), pid, started };
}

const stateOf = async (pid: number) => (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").slice(0, 1);

async function start(command: string, args: string[]): Promise<number> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await once(child, "spawn");
  if (child.pid === undefined) throw new TypeError("The process did not start.");
  return child.pid;
}

describe.skipIf(process.platform !== "linux")("a process on Linux", () => {
  it("is alive while it runs, whether it is this process or another", async () => {
    const self = await own();
    expect(self.pid).toBe(process.pid);
    expect(await isProcessAlive(self, self)).toBe(true);
    expect(await isProcessAlive(await identityOf(await start("sleep", ["60"])), self)).toBe(true);
  });

  it("is alive while it is stopped", async () => {
    const pid = await start("sleep", ["60"]);
    process.kill(pid, "SIGSTOP");
    await expect.poll(() => stateOf(pid)).toBe("T");
    expect(await isProcessAlive(await identityOf(pid), await own())).toBe(true);
  });

  it("is dead when no process has its id", async () => {
    const self = await own();
    expect(await isProcessAlive({ ...self, pid: 2 ** 22 + 1 }, self)).toBe(false);
  });

  it("is dead when its id was given to another process", async () => {
    const self = await own();
    expect(await isProcessAlive({ ...self, started: String(Number(self.started) - 1) }, self)).toBe(false);
  });

  it("is dead when it has ended and its parent has not waited for it", async () => {
    // A shell that is replaced by another program never waits for its child, which then becomes a zombie.
    const parent = await start("sh", ["-c", "sleep 0.01 & echo $!; exec sleep 60"]);
    const output = children.at(-1)?.stdout;
    if (output == null) throw new TypeError("The shell has no output.");
    const [printed] = (await once(output, "data")) as [Buffer];
    const pid = Number(printed.toString());
    const identity = await identityOf(pid);
    await expect.poll(() => stateOf(pid)).toBe("Z");
    expect(await isProcessAlive(identity, await own())).toBe(false);
    expect(await isProcessAlive(await identityOf(parent), await own())).toBe(true);
  });

  it.each<Partial<ProcessIdentity>>([
    { boot: "another" },
    { namespace: "pid:[1]" },
    { boot: "another", pid: 2 ** 22 + 1 },
    { namespace: "pid:[1]", started: "1" },
  ])("is of unknown state when its identity differs by %j", async (other) => {
    const self = await own();
    expect(await isProcessAlive({ ...self, ...other }, self)).toBeNull();
  });
});
