import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chooseZone } from "../../src/cli/command-zone.js";
import { UsageError } from "../../src/cli/exit-code.js";

const zoned = (...zones: string[]) => zones.map((timeZone, index) => ({ account: `account-${index}`, timeZone }));
const choose = (name: string | undefined, zones: string[], times: string[] = []) => {
  const { zone, description, warnings } = chooseZone(name, zoned(...zones), times);
  return { zone: zone.name, description, warnings };
};
const DIFFERENT = "the accounts have different time zones (account-0: Asia/Shanghai, account-1: Asia/Jakarta)";

beforeEach(() => vi.stubEnv("TZ", "America/New_York"));
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the time zone of a command", () => {
  it("is the named one", () => {
    expect(choose("Europe/Berlin", ["Asia/Shanghai", "Asia/Jakarta"], ["yesterday"])).toEqual({
      zone: "Europe/Berlin",
      description: "Times are in Europe/Berlin.",
      warnings: [],
    });
  });

  it.each([
    [["Asia/Shanghai"]],
    [["Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai"]],
    // Another name of the same zone.
    [["Asia/Shanghai", "PRC", "Asia/Chongqing"]],
  ])("is that of the accounts, not the machine's, if they have the same one: %j", (zones) => {
    expect(choose(undefined, zones, ["2026-11-01"])).toEqual({
      zone: "Asia/Shanghai",
      description: "Times are in Asia/Shanghai.",
      warnings: [],
    });
  });

  it.each([
    ["2026-11-01"],
    ["2026-11-01 09:00"],
    ["2026-10"],
    ["yesterday"],
    ["today"],
    ["this-month"],
    ["last-month"],
  ])("is the machine's if the accounts have different ones, with a warning where %s depends on it", (time) => {
    expect(choose(undefined, ["Asia/Shanghai", "Asia/Jakarta"], ["7d", time])).toEqual({
      zone: "America/New_York",
      description: `Times are in America/New_York, the machine's time zone, because ${DIFFERENT}.`,
      warnings: [
        `A date is in the machine's time zone, America/New_York, because ${DIFFERENT}. Use --time-zone to choose one.`,
      ],
    });
  });

  it.each([["7d"], ["now"], ["2026-11-01T09:00:00+08:00"], ["2026-11-01T09:00Z"]])(
    "causes no warning where %s does not depend on it",
    (time) => {
      const { description, warnings } = choose(undefined, ["Asia/Shanghai", "Asia/Jakarta"], [time]);
      expect(description).toContain(DIFFERENT);
      expect(warnings).toEqual([]);
    },
  );

  it("is the machine's without accounts", () => {
    expect(choose(undefined, [], ["yesterday"])).toEqual({
      zone: "America/New_York",
      description: "Times are in America/New_York.",
      warnings: [],
    });
  });

  it("is not read from TZ if it is not the machine's", () => {
    vi.stubEnv("TZ", "Asia/Beijing");
    expect(choose(undefined, ["Asia/Shanghai"]).zone).toBe("Asia/Shanghai");
    expect(() => choose(undefined, ["Asia/Shanghai", "UTC"])).toThrow(UsageError);
  });

  it.each(["", "Berlin", "Mars/Olympus"])("cannot be %j", (name) => {
    expect(() => choose(name, [])).toThrow(
      `--time-zone must be an IANA time zone such as Asia/Shanghai, not "${name}".`,
    );
  });
});
