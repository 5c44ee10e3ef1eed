import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ClientEvent } from "call-records";
import { logEvents } from "../../examples/pino/log-events.js";
import { HOUR, openEmulator, rejectionOf } from "../client/stage.js";
import { HastyClock } from "../hostile/hasty-clock.js";
import { openHostileStage, RANGE, VENDORS, whileStalling } from "../hostile/hostile-stage.js";
import { credentialsOf } from "./credentials-of.js";
import { runExample } from "./example-process.js";

const lineSchema = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string(),
  event: z.string().optional(),
});
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => lineSchema.parse(JSON.parse(line)));
type Line = z.infer<typeof lineSchema>;

/** Returns the levels of each type of event. */
function levelsOf(lines: readonly Line[]): Record<string, string[]> {
  const levels: Record<string, Set<string>> = {};
  for (const { event = "none", level } of lines) (levels[event] ??= new Set()).add(pino.levels.labels[level] ?? "none");
  return Object.fromEntries(Object.entries(levels).map(([event, found]) => [event, [...found].sort()]));
}

/** Reads three vendors, two of which have a wrong clock, with faults, and returns the log. */
async function readWithFaults() {
  let text = "";
  const events: ClientEvent[] = [];
  const log = logEvents(pino({ level: "trace" }, { write: (chunk: string) => (text += chunk) }));
  const onEvent = (event: ClientEvent) => {
    events.push(event);
    log(event);
  };
  const clock = new HastyClock();
  const stage = await openHostileStage({ client: { onEvent }, emulator: { now: () => clock.now() - HOUR } }, clock);
  for (const vendor of VENDORS) {
    stage.emulator.inject("http-429", { vendor });
    stage.emulator.inject("http-503", { vendor });
  }
  stage.emulator.inject("stalled-body", { vendor: "itniotech" });
  stage.emulator.inject("duplicate-row", { vendor: "itniotech" });
  await whileStalling(stage, stage.client.records(RANGE).toArray({ max: 100_000 }));
  stage.emulator.inject("redirect", { vendor: "itniotech" });
  await rejectionOf(stage.client.records({ ...RANGE, accounts: ["itniotech"] }).toArray({ max: 100_000 }));
  return { stage, events, text, lines: linesOf(text) };
}

describe("the log of a reading with faults", () => {
  it("has one line for each event, with its fields unchanged", async () => {
    const { events, lines } = await readWithFaults();
    expect(lines).toHaveLength(events.length);
    for (const [index, { type, ...fields }] of events.entries())
      expect(lines[index]).toMatchObject({ event: type, ...fields, msg: `call-records: ${type}` });
  });

  it("has problems for an operator at warn, and the rest at lower levels", async () => {
    const { lines } = await readWithFaults();
    expect(levelsOf(lines)).toEqual({
      token: ["debug"],
      clock: ["warn"],
      warning: ["warn"],
      throttle: ["warn"],
      retry: ["warn"],
      request: ["debug", "trace"],
      duplicate: ["debug"],
      window: ["debug"],
      "window-opened": ["trace"],
      "window-closed": ["debug", "warn"],
    });
    const labelled = (label: string) => lines.filter(({ level }) => pino.levels.labels[level] === label);
    expect(labelled("warn").filter(({ event }) => event === "window-closed")).toMatchObject([
      { account: "itniotech", result: "failed", error: "response" },
    ]);
    expect(labelled("debug").filter(({ event, error }) => event === "request" && error === null)).toEqual([]);
    expect(labelled("trace").filter(({ event, error }) => event === "request" && error !== null)).toEqual([]);
  });

  it("contains no key, token or signature", async () => {
    const { stage, text } = await readWithFaults();
    for (const secret of credentialsOf(stage.emulator)) expect(text).not.toContain(secret);
  });
});

describe("the example", () => {
  it("logs to standard error as JSON lines, at the level of LOG_LEVEL", { timeout: 120_000 }, async () => {
    const emulator = await openEmulator({ now: Date.now, days: 9, callsPerDay: 20 });
    emulator.inject("throttled", { vendor: "itniotech" });
    const { code, stdout, stderr } = await runExample("pino", [], { ...emulator.environment(), LOG_LEVEL: "trace" });
    expect(code, stderr).toBe(0);
    const lines = linesOf(stderr);
    expect(lines.filter(({ event }) => event === "request")).toHaveLength(emulator.requests.length);
    expect(lines.filter(({ event }) => event === "throttle")).toMatchObject([
      { account: "itniotech", vendorCode: "-15" },
    ]);
    const read = lines.filter(({ msg }) => msg === "account read");
    expect(read.map(({ account, status }) => [account, status])).toEqual(VENDORS.map((vendor) => [vendor, "complete"]));
    expect(stdout).toBe(`${read.reduce((sum, { rows }) => sum + z.number().parse(rows), 0)} calls were read.\n`);
    for (const secret of credentialsOf(emulator)) expect(stdout + stderr).not.toContain(secret);

    const quiet = await runExample("pino", [], emulator.environment());
    expect(linesOf(quiet.stderr).map(({ msg }) => msg)).toEqual(VENDORS.map(() => "account read"));
  });
});
