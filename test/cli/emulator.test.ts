import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { run } from "./command.js";
import { Running } from "./running.js";

const SMALL = ["emulator", "--days", "1", "--calls-per-day", "1"];
const node = (program: string) => ["--", process.execPath, "-e", program];

describe("emulator -- command", () => {
  it("runs the command with the variables set and its arguments unchanged, and returns its exit code", async () => {
    const program =
      "console.log(process.env.ITNIOTECH_ENDPOINT, process.env.OWN, process.argv.slice(1).join()); process.exit(7)";
    const { code, stdout, stderr } = await run([...SMALL, ...node(program), "--", "--days", "x"], {
      env: { OWN: "kept" },
    });
    expect([code, stderr]).toEqual([7, ""]);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+ kept --days,x\n$/);
  });

  it("serves the command until it ends", async () => {
    const program = "fetch(process.env.ITNIOTECH_ENDPOINT).then((response) => console.log(response.status))";
    expect(await run([...SMALL, ...node(program)])).toEqual({ code: 0, stdout: "404\n", stderr: "" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)("passes %s on, and returns the code of the command", async (signal) => {
    const program = `process.on(${JSON.stringify(signal)}, () => process.exit(9)); console.log("ready"); setInterval(() => {}, 1000)`;
    const running = await Running.start([...SMALL, ...node(program)]);
    await running.until(({ stdout }) => stdout === "ready\n");
    running.child.kill(signal);
    expect((await running.outcome).code).toBe(9);
  });

  it("returns 128 and the number of the signal that ended the command", async () => {
    expect(
      (await run([...SMALL, ...node("process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)")])).code,
    ).toBe(143);
  });

  it("refuses a command that does not exist", async () => {
    const { code, stderr } = await run([...SMALL, "--", "no-such-command-here"]);
    expect(code).toBe(2);
    expect(stderr).toContain("the command `no-such-command-here` cannot be started");
  });
});

describe("emulator --port", () => {
  it.each(["70000", "65534"])("refuses %s, because four ports must exist", async (port) => {
    const { code, stdout, stderr } = await run([...SMALL, "--port", port, ...node("")]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toBe(
      `error: --port ${port}: the emulator cannot start: must be at most 65532, so that each vendor and the recordings have a port. Choose another port.\n`,
    );
  });

  it("uses consecutive ports, and refuses one that is taken", async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, "127.0.0.1", () => {
        const address = taken.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const refused = await run([...SMALL, "--port", String(port), ...node("")]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`--port ${port}: the emulator cannot start`);
    await new Promise((resolve) => taken.close(resolve));
    const program =
      "console.log(['TENCENT_CCC', 'HUAWEI_CEC', 'ITNIOTECH'].map((name) => process.env[`${name}_ENDPOINT`]).join())";
    const { code, stdout, stderr } = await run([...SMALL, "--port", String(port), ...node(program)]);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`${[port, port + 1, port + 2].map((one) => `http://127.0.0.1:${one}`).join()}\n`);
  });
});
