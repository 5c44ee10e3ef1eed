import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  commonOptions,
  credentialSchema,
  endpointSchema,
  overridePaging,
  overrideRetention,
  overrideWindow,
} from "../../src/contract/options.js";
import { parseOptions } from "../../src/contract/parse-options.js";
import { isTimeZone } from "../../src/contract/zone.js";
import { ConfigurationError } from "../../src/model/errors.js";
import { runs } from "../search.js";
import { thrownBy } from "../client/stage.js";

const rate = { requestsPerSecond: 5, concurrency: 4 };
const schema = z.strictObject({ apiKey: credentialSchema, ...commonOptions({ account: "vendor", rate }) });

/** Returns the error that invalid options cause. */
function refused(options: unknown): ConfigurationError {
  try {
    parseOptions("vendor", schema, options, "vendor-id");
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error("These options were accepted.");
}

describe("defaults", () => {
  it("apply to options that are left out", () => {
    expect(parseOptions("vendor", schema, { apiKey: "key" })).toEqual({
      apiKey: "key",
      account: "vendor",
      rate,
      timeZone: "Asia/Shanghai",
      defaultCountry: null,
      longestCallSeconds: 43_200,
      settleSeconds: 172_800,
    });
  });

  it("can be set by each vendor", () => {
    const own = {
      account: "vendor",
      rate,
      timeZone: "UTC",
      defaultCountry: "SG",
      longestCallSeconds: 14_400,
      settleSeconds: 3600,
    };
    expect(parseOptions("vendor", z.strictObject(commonOptions(own)), {})).toEqual(own);
    expect(parseOptions("vendor", z.strictObject(commonOptions(own)), { timeZone: "Asia/Tokyo" })).toEqual({
      ...own,
      timeZone: "Asia/Tokyo",
    });
  });

  it.each(["cn", "CHN", "XX", "", 86])(
    "a default country that is no ISO 3166 code is rejected: %j",
    (defaultCountry) => {
      expect(() => parseOptions("vendor", schema, { apiKey: "key", defaultCountry })).toThrow(
        /option `defaultCountry`: must be (?:an ISO 3166 code|text)/,
      );
    },
  );

  it("apply to the number of a rate that is left out", () => {
    expect(parseOptions("vendor", schema, { apiKey: "key", rate: { concurrency: 2 } }).rate).toEqual({
      requestsPerSecond: 5,
      concurrency: 2,
    });
  });
});

describe("overrideWindow", () => {
  const declared = { unit: "s", maxSeconds: 60, end: "exclusive", filtersOn: "start" } as const;

  it("replaces the vendor's declaration only by options that are set", () => {
    expect(overrideWindow({}, declared)).toEqual(declared);
    expect(overrideWindow({ filtersOn: "unknown" }, declared)).toEqual({ ...declared, filtersOn: "unknown" });
    expect(overrideWindow({ windowEnd: "inclusive", filtersOn: undefined }, declared)).toEqual({
      ...declared,
      end: "inclusive",
    });
  });
});

describe("overrideRetention", () => {
  it("replaces the vendor's declaration only by options that are set", () => {
    expect(overrideRetention({}, { retentionSeconds: null })).toEqual({
      retentionSeconds: null,
      suspectedRetentionSeconds: null,
    });
    expect(overrideRetention({}, { retentionSeconds: 60, suspectedRetentionSeconds: 30 })).toEqual({
      retentionSeconds: 60,
      suspectedRetentionSeconds: 30,
    });
    expect(
      overrideRetention({ retentionSeconds: 10, suspectedRetentionSeconds: 20 }, { retentionSeconds: 60 }),
    ).toEqual({ retentionSeconds: 10, suspectedRetentionSeconds: 20 });
  });
});

describe("the error of invalid options", () => {
  const SECRET = "s3cr3t-value";

  it.each<[string, object, string]>([
    ["apiKey", {}, "is missing"],
    ["apiKey", { apiKey: "" }, "must not be empty"],
    ["apiKey", { apiKey: `${SECRET} ${SECRET}` }, "printable ASCII"],
    ["apiKey", { apiKey: `${SECRET}\n` }, "printable ASCII"],
    ["apiKey", { apiKey: [SECRET] }, "must be text"],
    ["account", { account: "" }, "must not be empty"],
    ["endpoint", { endpoint: SECRET }, "must be an absolute https: URL"],
    ["endpoint", { endpoint: `ftp://${SECRET}` }, "must be an absolute https: URL"],
    ["endpoint", { endpoint: `http://${SECRET}` }, "loopback"],
    ["endpoint", { endpoint: `https://user:${SECRET}@host` }, "must not hold credentials"],
    ["endpoint", { endpoint: `https://host/?key=${SECRET}` }, "must not hold credentials"],
    ["rate", { rate: SECRET }, "must be an object"],
    ["rate.requestsPerSecond", { rate: { requestsPerSecond: 0 } }, "must be more than 0"],
    ["rate.requestsPerSecond", { rate: { requestsPerSecond: Number.POSITIVE_INFINITY } }, "must be a number"],
    ["rate.concurrency", { rate: { concurrency: 1.5 } }, "must be an integer"],
    ["rate.burst", { rate: { burst: SECRET } }, "unknown option"],
    ["timeZone", { timeZone: SECRET }, "must be an IANA time zone"],
    ["longestCallSeconds", { longestCallSeconds: -1 }, "must be at least 0"],
    ["longestCallSeconds", { longestCallSeconds: 31 * 86_400 }, "must be at most 2592000"],
    ["settleSeconds", { settleSeconds: SECRET }, "must be a number"],
    ["retentionSeconds", { retentionSeconds: 0 }, "must be more than 0"],
    ["retentionSeconds", { retentionSeconds: "90d" }, "must be a number"],
    ["suspectedRetentionSeconds", { suspectedRetentionSeconds: 1.5 }, "must be an integer"],
    ["apiSecrett", { apiSecrett: SECRET }, "unknown option"],
  ])("names `%s` and its rule, and shows no value", (name, options, rule) => {
    const error = refused({ ...(name === "apiKey" ? {} : { apiKey: "key" }), ...options });
    expect(error.message).toContain(`\`${name}\``);
    expect(error.message).toContain(rule);
    expect(error.message).toMatch(/^vendor: /);
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(error.provider).toBe("vendor-id");
  });

  it("names all invalid options at once", () => {
    const { message } = refused({ apiKey: "", account: "", other: 1 });
    for (const name of ["apiKey", "account", "other"]) expect(message).toContain(`\`${name}\``);
  });

  it.each([undefined, null, {}])("names the required option for %j", (options) => {
    expect(refused(options).message).toBe("vendor: option `apiKey`: is missing.");
  });

  it("does not show options that are not an object", () => {
    expect(refused(SECRET).message).not.toContain(SECRET);
  });

  it("never shows an invalid credential", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6, unit: "binary" }).filter((text) => /[^\x21-\x7e]/.test(text)),
        (secret) => {
          expect(refused({ apiKey: secret }).message).toBe(
            "vendor: option `apiKey`: must not be empty, and must be printable ASCII without spaces.",
          );
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe("`maxSearchRows`", () => {
  const pages = { style: "offset", size: 100, total: true } as const;

  it("replaces the declared cap of a list with pages", () => {
    expect(overridePaging({ maxSearchRows: 750 }, { ...pages, maxRows: 10_000 })).toEqual({ ...pages, maxRows: 750 });
    expect(overridePaging({}, { ...pages, maxRows: 10_000 })).toEqual({ ...pages, maxRows: 10_000 });
  });

  it("is refused for a list without pages, which has no cap", () => {
    expect(overridePaging({}, { style: "none" })).toEqual({ style: "none" });
    const error = thrownBy(() => overridePaging({ maxSearchRows: 750 }, { style: "none" }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("`maxSearchRows` must be left out");
    expect(error.message).toContain("`none`");
  });
});

describe("an endpoint", () => {
  it("with very many slashes is parsed in linear time", () => {
    const slashes = "/".repeat(300_000);
    const began = performance.now();
    expect(endpointSchema.parse(`https://host/a${slashes}b${slashes}`)).toBe(`https://host/a${slashes}b`);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it.each([
    ["https://host", "https://host"],
    ["https://host/", "https://host"],
    ["https://host:8443/base//", "https://host:8443/base"],
    ["http://localhost:3000", "http://localhost:3000"],
    ["http://127.0.0.1:80/x/", "http://127.0.0.1/x"],
    ["http://[::1]:3000", "http://[::1]:3000"],
  ])("%s is read as %s", (given, read) => {
    expect(endpointSchema.parse(given)).toBe(read);
  });

  it.each([
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://10.0.0.1",
    "//host",
    "host",
    "javascript:alert(1)",
    "https://host/#part",
    "https://user@host",
  ])("%s is refused", (given) => {
    expect(endpointSchema.safeParse(given).success).toBe(false);
  });

  it.each(["https://host/?", "https://host/base#"])(
    "%s, with an empty query or fragment, is refused or loses it, because paths are appended",
    (given) => {
      expect(endpointSchema.safeParse(given).data ?? "").not.toMatch(/[?#]/);
    },
  );
});

it("a time zone must be supported by the runtime", () => {
  expect(["Asia/Shanghai", "UTC", "America/New_York"].every(isTimeZone)).toBe(true);
  expect(["", "Shanghai", "Asia/Atlantis"].some(isTimeZone)).toBe(false);
});
