import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { startVendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, root } from "../documents.js";
import { startExample } from "./example-process.js";

const PAGE = 50;
const MANY = 4000;
const DAY_MS = 86_400_000;
/** The days of many calls and of three calls, in Shanghai. */
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
const [bigDay, smallDay] = [dayOf(4), dayOf(8)];
const noonOf = (date: string) => Date.parse(`${date}T12:00:00+08:00`);

/** Within the examples, where imports are resolved. Removed after the tests. */
const folder = "readme-services";
const programs = documents.find(({ path }) => path === "docs/recipes.md")?.programs ?? [];
const programWith = (part: string) => programs.find((code) => code.includes(part)) ?? "";

const emulator = await startVendorEmulator({
  callsPerDay: 0,
  activeCalls: 3,
  requestsPerSecond: { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity },
  pageCap: { itniotech: PAGE },
  calls: {
    itniotech: [
      // Their remarks make the response larger than the buffers of sockets.
      ...Array.from({ length: MANY }, (_, index) => ({
        startedAt: new Date(noonOf(bigDay) + index * 1000),
        row: { remark: "备注".repeat(650) },
      })),
      ...[1, 2, 3].map((second) => ({ startedAt: new Date(noonOf(smallDay) + second * 1000) })),
    ],
  },
});

beforeAll(async () => {
  for (const name of ["csv", "wallboard"]) await mkdir(join(root, "examples", folder, name), { recursive: true });
});

afterAll(async () => {
  await rm(join(root, "examples", folder), { force: true, recursive: true });
  await emulator.close();
});

async function start(name: string, code: string) {
  await writeFile(join(root, "examples", folder, name, "run.ts"), code);
  return startExample(`${folder}/${name}`, [], emulator.environment());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends a request, again until the program listens, and returns the response, whose body has not been read yet. */
async function send(url: string): Promise<IncomingMessage> {
  for (;;) {
    const request = get(url, { agent: false });
    const response = await once(request, "response").catch(() => null);
    if (response !== null) return response[0] as IncomingMessage;
    await wait(50);
  }
}

const listRequests = () => emulator.requests.filter(({ operation }) => operation === "v3/cc/record/query").length;

describe("the CSV endpoint in docs/recipes.md", () => {
  it("returns a day, refuses a wrong one, and stops when its reader stops", async () => {
    const port = await freePort();
    const program = programWith("createServer(");
    expect(program).toContain("8080");
    const { child, outcome } = await start("csv", program.replace("8080", String(port)));
    const url = `http://127.0.0.1:${port}/?day=`;

    const small = await send(`${url}${smallDay}`);
    expect(small.headers["content-type"]).toBe("text/csv; charset=utf-8");
    const lines = (await text(small)).trimEnd().split("\r\n");
    expect(lines[0]).toMatch(/^provider,|^account,/);
    expect(lines).toHaveLength(4);

    const wrong = await send(`${url}yesterday`);
    expect([wrong.statusCode, await text(wrong)]).toEqual([400, expect.stringContaining("RequestError")]);

    emulator.clearRequests();
    const big = await send(`${url}${bigDay}`);
    await once(big, "data");
    big.destroy();
    // Complete exports later prove that the program has noticed the end.
    for (let time = 0; time < 3; time += 1) {
      const before = listRequests();
      await text(await send(`${url}${smallDay}`));
      expect(listRequests()).toBeGreaterThan(before);
    }
    expect(listRequests()).toBeLessThan(MANY / PAGE);

    child.kill("SIGTERM");
    const { code, stderr } = await outcome;
    expect([code, stderr]).toEqual([0, ""]);
  });
});

describe("the wallboard in docs/recipes.md", () => {
  it("prints the calls in progress and the failures, and stops on Ctrl-C", async () => {
    emulator.inject("unauthorized", { vendor: "huawei-cec", times: Infinity });
    const { child, outcome } = await start("wallboard", programWith("activeCalls("));
    let printed = "";
    child.stdout.on("data", (part: string) => (printed += part));
    await expect.poll(() => printed, { timeout: 30_000 }).toMatch(/^huawei-cec: .+\n/m);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await outcome;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^[0-3] talking, [0-3] waiting, longest wait \d+ s\nhuawei-cec: /);
  });
});
