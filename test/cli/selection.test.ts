import type { CallRecord } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "./command.js";
import { callsOf, keyOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

const DAY_MS = 86_400_000;
const [FROM, TO] = [new Date(Date.now() - 6 * DAY_MS), new Date(Date.now() - 3 * DAY_MS)];

const [FIRST_DAY, LAST_DAY] = [
  new Date(Date.now() - 7 * DAY_MS).toISOString().slice(0, 10),
  new Date(Date.now() - 4 * DAY_MS).toISOString().slice(0, 10),
];
/** A vendor may filter on a time other than the start, so a wider range is requested and filtered. */
const MARGIN_SECONDS = 43_200;

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 8, callsPerDay: 25, activeCalls: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  emulator.clearRequests();
});

const command = async (...args: string[]) => {
  const outcome = await run(args, { env: emulator.environment() });
  expectNoSecret(emulator, outcome);
  return outcome;
};
const records = (...args: string[]) =>
  command("records", "--from", FROM.toISOString(), "--to", TO.toISOString(), ...args);
const bodies = () => emulator.requests.filter(({ operation }) => operation !== "tokenByAkSk").map(({ body }) => body);

describe("the range", () => {
  it.each([
    [FIRST_DAY, LAST_DAY, "America/Phoenix", "07:00:00Z", "07:00:00Z"],
    [`${FIRST_DAY}T00:00:00Z`, `${LAST_DAY} 09:30`, "Asia/Kathmandu", "00:00:00Z", "03:45:00Z"],
    [`${FIRST_DAY}T12:00+08:00`, `${LAST_DAY}T12:00:30.000`, undefined, "04:00:00Z", "04:00:30Z"],
  ])("%s to %s in %s is sent as the right instants", async (from, to, zone, begin, end) => {
    const { code, stderr } = await command(
      "records",
      "--account",
      "tencent-ccc",
      "--quiet",
      "--from",
      from,
      "--to",
      to,
      ...(zone === undefined ? [] : ["--time-zone", zone]),
    );
    expect([code, stderr]).toEqual([0, ""]);
    const sent = {
      StartTimeStamp: Date.parse(`${FIRST_DAY}T${begin}`) / 1000 - MARGIN_SECONDS - 1,
      EndTimeStamp: Date.parse(`${LAST_DAY}T${end}`) / 1000 + MARGIN_SECONDS,
    };
    expect(bodies()).toEqual(
      [1_400_000_000, 1_400_000_001].map((SdkAppId) => ({ ...sent, SdkAppId, PageSize: 100, PageNumber: 0 })),
    );
  });

  it("can begin a span before now, and ends now by default", async () => {
    const began = Date.now();
    const { code } = await command("records", "--account", "huawei-cec", "--from", "36h");
    expect(code).toBe(0);
    const windows = bodies() as { startTime: string; endTime: string }[];
    const from = Number(windows[0]?.startTime) + MARGIN_SECONDS * 1000 + 1;
    expect(from).toBeGreaterThanOrEqual(began - 36 * 3_600_000);
    expect(from).toBeLessThan(Date.now() - 36 * 3_600_000 + 1);
    expect(Math.max(...windows.map(({ endTime }) => Number(endTime)))).toBeGreaterThanOrEqual(began);
  });

  it.each([
    [["--from", "tomorrow"], "error: --from must be a time such as"],
    [
      ["--from", "2099-01-01", "--to", "2099-01-02"],
      "error: --from: the range begins at 2098-12-31T16:00:00.000Z, which",
    ],
    [["--from", "1d", "--to", "2026-02-30"], "error: --to must be a time such as"],
    [
      ["--from", "1d", "--time-zone", "Berlin"],
      'error: --time-zone must be an IANA time zone such as Asia/Shanghai, not "Berlin".',
    ],
    [["--from", "1d", "--to", "2d"], "error: --from must be earlier than --to: "],
    [["--from", "2099-01-01"], ", which is now.\n"],
    [["--from", "1d", "--out", ""], "argument '' is invalid. It must not be empty."],
    [["--from", "1d", "--outcome", "missed"], "--outcome must be one of answered, "],
    [["--from", "1d", "--min-talk", "-3"], "It must be a whole number."],
    [
      ["--from", "1d", "--number", "13800138000,4008-ABC"],
      'error: --number must be telephone numbers separated by commas, such as +8613800138000, not "4008-ABC".',
    ],
    [["--from", "1d", "--number", "13800138000,"], "error: --number must be telephone numbers separated by commas"],
    ...["--number", "--agent", "--queue", "--outcome", "--account", "--filter"].map((option): [string[], string] => [
      ["--from", "1d", option, ""],
      `error: option '${option} <`,
    ]),
    [
      ["--from", "1d", "--account", "nobody"],
      'error: --account: there is no account "nobody". The accounts are tencent-ccc, huawei-cec, itniotech.',
    ],
    [
      ["--from", "1d", "--format", "csv", "--columns", "id,Caller,caller.number"],
      "error: --columns: the column caller.number is given twice. Name each column once.",
    ],
    [["--to", "1d"], "error: required option '--from <time>' or '--month <month>' is missing"],
  ])("%j is a usage error, and nothing is sent", async (args, message) => {
    const { code, stdout, stderr } = await command("records", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(emulator.requests).toEqual([]);
  });
});

describe("the output of records", () => {
  it("contains at most --limit calls of the range", async () => {
    const [all, some] = await Promise.all([records("--order", "time"), records("--order", "time", "--limit", "7")]);
    expect(some.code).toBe(0);
    expect(callsOf(some.stdout)).toEqual(callsOf(all.stdout).slice(0, 7));
    expect(some.stderr).toBe("Stopped after 7 calls (--limit). There may be more.\nTimes are in Asia/Shanghai.\n");
    const times = callsOf(all.stdout).map(({ startedAt }) => startedAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("contains the newest calls with --limit, the newest first", async () => {
    const [all, some, other] = await Promise.all([
      records("--order", "newest"),
      records("--limit", "7"),
      records("--order", "arrival", "--limit", "7"),
    ]);
    const starts = callsOf(all.stdout).map(({ startedAt }) => startedAt.getTime());
    expect(starts).toEqual([...starts].sort((a, b) => b - a));
    expect(callsOf(some.stdout)).toEqual(callsOf(all.stdout).slice(0, 7));
    expect(callsOf(other.stdout)).not.toEqual(callsOf(some.stdout));
  });

  it("contains only the calls of the requested direction", async () => {
    const [all, inbound] = await Promise.all([records("--quiet"), records("--quiet", "--direction", "inbound")]);
    const expected = callsOf(all.stdout).filter(({ direction }) => direction === "inbound");
    expect(expected.length).toBeGreaterThan(10);
    expect(callsOf(inbound.stdout).map(keyOf).sort()).toEqual(expected.map(keyOf).sort());
  });

  it("contains only the calls with the requested outcomes, agent, queue and talk", async () => {
    const all = callsOf((await records("--quiet")).stdout);
    const agent = all.find((call) => call.agent?.name != null)?.agent?.name ?? "";
    const queue = all.find((call) => call.queue?.name != null)?.queue?.name ?? "";
    const selections: [string[], (call: CallRecord) => boolean][] = [
      [["--outcome", "busy,no-answer"], ({ outcome }) => outcome === "busy" || outcome === "no-answer"],
      [["--outcome", "busy", "--outcome", "no-answer"], ({ outcome }) => outcome === "busy" || outcome === "no-answer"],
      // An agent of a leg counts too, such as the first one of a transferred call.
      [
        ["--agent", agent],
        (call) => [call.agent, ...call.legs.map((leg) => leg.agent)].some((one) => one?.name === agent),
      ],
      [["--queue", queue], (call) => call.queue?.name === queue],
      [["--min-talk", "60"], ({ talkSeconds }) => (talkSeconds ?? 0) >= 60],
    ];
    for (const [args, isWanted] of selections) {
      const wanted = all.filter(isWanted).map(keyOf).sort();
      expect(wanted.length).toBeGreaterThan(0);
      expect(
        callsOf((await records("--quiet", ...args)).stdout)
          .map(keyOf)
          .sort(),
      ).toEqual(wanted);
    }
  });

  it("contains only the calls of the requested number", async () => {
    const all = callsOf((await records()).stdout);
    const number = all.find(({ callee }) => (callee?.number ?? "").length >= 11)?.callee?.number ?? "";
    const { code, stdout } = await records("--number", number);
    expect(code).toBe(0);
    const found = new Set(callsOf(stdout).map(keyOf));
    for (const call of all)
      if (call.callee?.number === number || call.caller?.number === number) expect(found).toContain(keyOf(call));
    expect(found.size).toBeLessThan(all.length);
  });

  it("contains the calls of several numbers, separated by commas and by repeating --number", async () => {
    const all = callsOf((await records("--quiet")).stdout);
    const others = all.flatMap(({ customer }) =>
      (customer?.number ?? "").length >= 11 ? (customer?.number ?? []) : [],
    );
    const [first = "", second = "", third = ""] = new Set(others);
    const { code, stdout } = await records("--quiet", "--number", `${first}, ${second}`, "--number", third);
    expect(code).toBe(0);
    const found = new Set(callsOf(stdout).map(({ customer }) => customer?.number));
    expect(found).toEqual(new Set([first, second, third]));
  });

  it("contains only the calls of the requested accounts", async () => {
    const { code, stdout } = await records(
      "--account",
      "itniotech",
      "--account",
      "huawei-cec",
      "--account",
      "itniotech",
    );
    expect(code).toBe(0);
    expect(new Set(callsOf(stdout).map(({ account }) => account))).toEqual(new Set(["itniotech", "huawei-cec"]));
    expect(new Set(emulator.requests.map(({ vendor }) => vendor))).toEqual(new Set(["itniotech", "huawei-cec"]));
  });
});

describe("--filter", () => {
  it.each([
    ["tencent-ccc", "phones=13800138000,02885551234", { Phones: ["13800138000", "02885551234"] }],
    ["tencent-ccc", "phones=008613800138000", { Phones: ["008613800138000"] }],
    ["huawei-cec", "taskType=3", { taskType: "3" }],
    ["huawei-cec", "caller=4008001234", { caller: "4008001234" }],
    ["itniotech", "voiceGroupId=12", { params: { voiceGroupId: 12 } }],
    ["itniotech", "sipGroupName=催收一组", { params: { sipGroupName: "催收一组" } }],
    ["itniotech", "hangupReason=3, 9", { params: { hangupReason: [3, 9] } }],
    ["itniotech", "ccode=86", { params: { ccode: ["86"] } }],
    ["itniotech", "labelNames=VIP,a=b", { params: { labelNames: ["VIP", "a=b"] } }],
  ])("%s.%s is sent in the vendor's format", async (provider, filter, sent) => {
    const { code, stderr } = await records("--account", provider, "--filter", `${provider}.${filter}`);
    expect(code, stderr).toBe(0);
    for (const body of bodies()) expect(body).toMatchObject(sent);
    expect(bodies()).not.toEqual([]);
  });

  it("is sent only to its own vendor", async () => {
    const { code } = await records(
      "--filter",
      "huawei-cec.taskType=4",
      "--filter",
      "itniotech.seatId=7",
      "--filter",
      "itniotech.ccode=86,852",
    );
    expect(code).toBe(0);
    const of = (wanted: string) =>
      emulator.requests
        .filter(({ vendor, operation }) => vendor === wanted && operation !== "tokenByAkSk")
        .map(({ body }) => body);
    expect(of("huawei-cec")).toEqual([expect.objectContaining({ taskType: "4" })]);
    expect(of("itniotech")).toEqual([
      expect.objectContaining({ params: expect.objectContaining({ seatId: [7], ccode: ["86", "852"] }) as unknown }),
    ]);
  });

  it.each([
    ["huawei-cec.nope=1", /^error: --filter: huawei-cec has no filter "nope"\. Its filters are taskType, caller\.\n$/],
    ["huawei-cec.taskType=99", /^error: --filter huawei-cec\.taskType: "99" is refused: must be one of /],
    ["itniotech.callType=outbound", /^error: --filter itniotech\.callType: "outbound" is refused: .*must be a number/],
    ["itniotech.ccode=86,", /^error: --filter itniotech\.ccode: "86," is refused: must not be empty\.\n$/],
    ["huawei-cec.caller=", /^error: --filter huawei-cec\.caller: "" is refused: must not be empty\.\n$/],
    ["itniotech.toString=1", /^error: --filter: itniotech has no filter "toString"\. /],
    [
      "nobody.key=1",
      /^error: --filter: no account of "nobody" is configured\. Configured: tencent-ccc, huawei-cec, itniotech\.\n$/,
    ],
    ["__proto__.key=1", /^error: --filter: no account of "__proto__" is configured\./],
    [
      "taskType=3",
      /^error: --filter must have the form provider\.key=value, such as huawei-cec\.taskType=3, not "taskType=3"\.\n$/,
    ],
    ["huawei-cec.taskType", /^error: --filter must have the form provider\.key=value/],
  ])("%s is a usage error, and nothing is sent", async (filter, message) => {
    const { code, stdout, stderr } = await records("--filter", filter, "--format", "json");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(emulator.requests).toEqual([]);
  });

  it("is refused if it is given twice", async () => {
    const { code, stderr } = await records("--filter", "itniotech.callType=1", "--filter", "itniotech.callType=2");
    expect([code, stderr]).toEqual([
      2,
      "error: --filter itniotech.callType is given twice. Separate several values with commas: itniotech.callType=1,2.\n",
    ]);
  });
});

describe("standard error", () => {
  it("is empty with --quiet for a complete result, and contains no secret with --verbose", async () => {
    const [quiet, verbose] = await Promise.all([records("--quiet"), records("--verbose")]);
    expect([quiet.code, quiet.stderr]).toEqual([0, ""]);
    expect(verbose.code).toBe(0);
    expect(verbose.stderr).toMatch(/^tencent-ccc: DescribeTelCdr: HTTP 200 after \d+ ms$/m);
    expect(verbose.stderr).toMatch(/^huawei-cec: new token, valid until 2\S+Z$/m);
    expect(verbose.stderr).toMatch(/^itniotech: \S+: \S+Z to \S+Z verified$/m);
  });
});
