import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { callColumns } from "call-records";
import { startVendorEmulator, type VendorEmulator } from "call-records/testing";
import Papa from "papaparse";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newFolder, run } from "./command.js";
import { callsOf, keyOf } from "./lines.js";
import { expectNoSecret } from "./secrets.js";

const DAY_MS = 86_400_000;
/** A settled range, in which each command finds the same calls. */
const RANGE = [
  "--from",
  new Date(Date.now() - 6 * DAY_MS).toISOString(),
  "--to",
  new Date(Date.now() - 3 * DAY_MS).toISOString(),
];

/** The fields with several columns, with columns of other names, or without a column. */
const NOT_IN_CSV: ReadonlySet<string> = new Set([
  "caller",
  "callee",
  "customer",
  "line",
  "agent",
  "queue",
  "hangup",
  "legs",
  "satisfaction",
  "cost",
]);

let emulator: VendorEmulator;
beforeAll(async () => {
  emulator = await startVendorEmulator({ days: 8, callsPerDay: 40, activeCalls: 0 });
});
afterAll(() => emulator.close());

const records = async (...args: string[]) => {
  const outcome = await run(["records", ...RANGE, ...args], { env: emulator.environment() });
  expectNoSecret(emulator, outcome);
  return outcome;
};

describe("the format of records", () => {
  it("is ndjson in a pipe, with the same calls as json", async () => {
    const [lines, array] = await Promise.all([records(), records("--format", "json")]);
    expect(lines.code, lines.stderr).toBe(0);
    expect(array.code, array.stderr).toBe(0);
    const byKey = (calls: readonly { account: string; id: string }[]) => calls.map(keyOf).sort();
    const [from, to] = [Date.parse(RANGE[1] ?? ""), Date.parse(RANGE[3] ?? "")];
    const truth = Object.entries(emulator.truth).flatMap(([account, { calls }]) =>
      calls
        .filter(({ startedAt }) => startedAt.getTime() >= from && startedAt.getTime() < to)
        .map(({ id }) => ({ account, id })),
    );
    expect(truth.length).toBeGreaterThan(100);
    expect(byKey(callsOf(lines.stdout))).toEqual(byKey(truth));
    expect(byKey(JSON.parse(array.stdout) as { account: string; id: string }[])).toEqual(byKey(truth));
  });

  it("csv has the same values, each in its column", async () => {
    const [lines, csv] = await Promise.all([records("--order", "time"), records("--order", "time", "--format", "csv")]);
    expect(csv.code, csv.stderr).toBe(0);
    const { data, errors } = Papa.parse<Record<string, string>>(csv.stdout, {
      header: true,
      newline: "\r\n",
      skipEmptyLines: true,
    });
    expect(errors).toEqual([]);
    const text = (value: unknown) =>
      value instanceof Date
        ? value.toISOString()
        : typeof value === "string" || typeof value === "number" || typeof value === "boolean"
          ? String(value)
          : "";
    const expected = callsOf(lines.stdout).map((call) => {
      const { caller, callee, customer, line, agent, queue, hangup, menuKeys, satisfaction, cost } = call;
      const { recordings, tags, relatedIds } = call;
      const cells: Record<string, unknown> = {
        ...Object.fromEntries(Object.entries(call).filter(([name]) => !NOT_IN_CSV.has(name))),
        "caller.number": caller?.number,
        "caller.e164": caller?.e164,
        "callee.number": callee?.number,
        "callee.e164": callee?.e164,
        "customer.number": customer?.number,
        "customer.e164": customer?.e164,
        "line.number": line?.number,
        "line.e164": line?.e164,
        "queue.id": queue?.id,
        "queue.name": queue?.name,
        menuKeys: menuKeys.map(({ key }) => key).join(" "),
        "satisfaction.key": satisfaction?.key,
        "satisfaction.label": satisfaction?.label,
        "cost.amount": cost?.amount,
        "cost.currency": cost?.currency,
        "agent.id": agent?.id,
        "agent.name": agent?.name,
        "agent.groupId": agent?.groupId,
        "agent.groupName": agent?.groupName,
        "hangup.by": hangup?.by,
        "hangup.code": hangup?.code,
        "hangup.reason": hangup?.reason,
        recordings: recordings.map(({ url, id }) => url ?? id).join(" "),
        tags: tags.join(" "),
        relatedIds: Object.entries(relatedIds)
          .map(([name, id]) => `${name}=${id}`)
          .join(" "),
      };
      return Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, text(value)]));
    });
    expect(data).toEqual(expected);
  });

  it("csv has the columns of the library, in that order", async () => {
    const { stdout } = await records("--format", "csv", "--limit", "1");
    expect(stdout.split("\r\n")[0]).toBe(callColumns.map(({ name }) => name).join(","));
  });

  it("table has plain lines below a heading, with times in the zone", async () => {
    const { code, stdout, stderr } = await records("--format", "table", "--limit", "3", "--time-zone", "Asia/Tokyo");
    expect(code, stderr).toBe(0);
    const [heading, ...lines] = stdout.trimEnd().split("\n");
    expect(heading).toMatch(/^started {13}caller +callee +outcome +talk account +direction agent$/);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /);
    // eslint-disable-next-line no-control-regex -- the output must not contain it
    expect(stdout).not.toMatch(/\u001b/);
  });

  it.each([
    [
      "json",
      (text: string) => {
        expect(JSON.parse(text)).toEqual([]);
      },
    ],
    [
      "ndjson",
      (text: string) => {
        expect(text).toBe("");
      },
    ],
    [
      "csv",
      (text: string) => {
        expect(text.split("\r\n")).toEqual(["account,id", ""]);
      },
    ],
    [
      "table",
      (text: string) => {
        expect(text.split("\n")).toEqual([expect.stringMatching(/^account +id$/), ""]);
      },
    ],
  ])("%s is complete also without calls", async (format, check) => {
    const columns = format === "csv" || format === "table" ? ["--columns", "account,id"] : [];
    const { code, stdout, stderr } = await records("--number", "10000000001", "--format", format, ...columns);
    expect(code, stderr).toBe(0);
    check(stdout);
  });
});

describe("--columns", () => {
  it("selects columns of csv and table, in that order", async () => {
    const [csv, table] = await Promise.all([
      records("--format", "csv", "--columns", "id, account", "--limit", "2"),
      records("--format", "table", "--columns", "outcome,id", "--limit", "2"),
    ]);
    expect(csv.stdout).toMatch(/^id,account\r\n\S+,\S+\r\n\S+,\S+\r\n$/);
    expect(table.stdout).toMatch(/^outcome +id\n/);
  });

  it("accepts headings, and names in any case", async () => {
    const { stdout } = await records("--format", "csv", "--columns", "Started,CALLER,agent_name", "--limit", "1");
    expect(stdout).toMatch(/^startedAt,caller\.number,agent\.name\r\n/);
  });

  it("names the similar columns if it is ambiguous or misspelled", async () => {
    const [ambiguous, misspelled] = await Promise.all([
      records("--format", "csv", "--columns", "number"),
      records("--format", "csv", "--columns", "cal1er"),
    ]);
    expect([ambiguous.code, misspelled.code]).toEqual([2, 2]);
    expect(ambiguous.stderr).toMatch(
      /^error: --columns: there is no column "number"\. Similar columns are caller\.number, /,
    );
    expect(misspelled.stderr).toMatch(
      /^error: --columns: there is no column "cal1er"\. Similar columns are caller\.number/,
    );
  });

  it.each([
    [["records"], "csv"],
    [["usage"], "csv"],
    [["active"], "table"],
    [["doctor"], "table"],
  ])(
    "of %s refuses an unknown column before a request is sent or a file is created",
    async ([command = ""], format) => {
      const cwd = await newFolder();
      emulator.clearRequests();
      const range = command === "records" || command === "usage" ? RANGE : [];
      const { code, stdout, stderr } = await run(
        [command, ...range, "--format", format, "--columns", "account,nope", "--out", "x"],
        { cwd, env: emulator.environment() },
      );
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(/^error: --columns: there is no column "nope"\. The columns are account, /);
      expect(emulator.requests).toEqual([]);
      await expect(readFile(join(cwd, "x"))).rejects.toThrow("ENOENT");
    },
  );

  it.each(["ndjson", "json"])("is refused for %s, which contains every field", async (format) => {
    const { code, stderr } = await records("--columns", "id", "--format", format);
    expect([code, stderr]).toEqual([
      2,
      `error: --columns requires --format table or csv: ${format} contains every field.\n`,
    ]);
  });
});

describe("--for excel", () => {
  it("writes CSV with a byte order mark, local times, and numbers as text", async () => {
    const names = ["id", "caller.number", "startedAt", "talkSeconds"] as const;
    const args = ["--columns", names.join(","), "--order", "time", "--limit", "20"];
    const [excel, data] = await Promise.all([
      records("--for", "excel", "--time-zone", "Asia/Tokyo", ...args),
      records("--format", "csv", ...args),
    ]);
    expect(excel.code, excel.stderr).toBe(0);
    const [mark, csv] = [excel.stdout.slice(0, 1), excel.stdout.slice(1)];
    expect(mark).toBe("\uFEFF");
    const rowsOf = (text: string) =>
      Papa.parse<Record<(typeof names)[number], string>>(text, { header: true, newline: "\r\n", skipEmptyLines: true });
    const expected = rowsOf(data.stdout).data.map((row) => ({
      id: `="${row.id}"`,
      "caller.number": row["caller.number"] === "" ? "" : `="${row["caller.number"]}"`,
      startedAt: new Date(Date.parse(row.startedAt) + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " "),
      talkSeconds: row.talkSeconds,
    }));
    expect(expected).toHaveLength(20);
    expect(rowsOf(csv)).toMatchObject({ data: expected, errors: [] });
  });

  it.each([
    [["--format", "ndjson"], "ndjson"],
    [["--out", "calls.json"], "json"],
  ])("is refused with %j", async (args, format) => {
    const { code, stderr } = await records("--for", "excel", ...args);
    expect([code, stderr]).toEqual([
      2,
      `error: --for excel requires --format csv: ${format} is not for a spreadsheet.\n`,
    ]);
  });
});

describe("--raw", () => {
  it("adds the vendor's own row to the calls, which otherwise do not contain it", async () => {
    const [raw, plain] = await Promise.all([records("--raw", "--limit", "3"), records("--limit", "3")]);
    for (const call of callsOf(raw.stdout)) expect(call.raw).toBeTypeOf("object");
    for (const call of callsOf(plain.stdout)) expect(call).not.toHaveProperty("raw");
  });

  it.each(["csv", "table"])("is refused for %s, which cannot contain it", async (format) => {
    const { code, stderr } = await records("--raw", "--format", format);
    expect([code, stderr]).toEqual([
      2,
      `error: --raw requires --format ndjson or json: ${format} cannot contain a vendor's row.\n`,
    ]);
  });
});
