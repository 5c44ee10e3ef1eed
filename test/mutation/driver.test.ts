import { beforeAll, describe, expect, it } from "vitest";
import type { Provider } from "call-records";
import { defineProvider, type ListOperation } from "call-records/adapter";
import { z } from "zod";
import { Random } from "../../src/testing/data/random.js";
import { huaweiAt } from "../client/stage.js";
import { mutateResponse } from "./response-mutations.js";
import { faultsOfError } from "./error-faults.js";
import type { Tampering } from "./memory-transport.js";
import { play } from "./mutation.js";
import { openFewCalls, RANGE, recordVendor, SHORT } from "./open-vendor.js";
import { readingRecords } from "./scenarios.js";
import type { VendorUnderTest } from "./vendor-under-test.js";

type Records = Provider["operations"]["records"];

let good: VendorUnderTest;
beforeAll(async () => {
  const emulator = await openFewCalls();
  good = await recordVendor(huaweiAt(emulator, SHORT), [readingRecords(RANGE)], {
    empty: () => JSON.stringify({ retCode: "1" }),
    proofOf: ({ headers }) => headers.Authorization?.replace("Bearer ", "") ?? "",
    secrets: [emulator.credentials["huawei-cec"].appSecret],
    refusals: [{ status: 503, headers: {}, text: "{}" }],
  });
});

/** Returns the vendor with a fault in its adapter. */
function vendorWith(changed: (records: Records) => Partial<Records>, others: Partial<Provider> = {}): VendorUnderTest {
  const { operations } = good.provider;
  const records: ListOperation<ReturnType<Records["map"]>> = { ...operations.records, ...changed(operations.records) };
  return { ...good, provider: defineProvider({ ...good.provider, ...others, operations: { ...operations, records } }) };
}

async function played(vendor: VendorUnderTest, tampering: Tampering | null = null) {
  // With the seed 1, the failure of a window fails the call.
  return play(vendor, vendor.scenarios[0], tampering, new Random(1));
}

describe("the driver reports a fault of an adapter:", () => {
  it.each<[string, (record: ReturnType<Records["map"]>) => object, RegExp]>([
    ["a duration that is no number", () => ({ talkSeconds: Number.NaN }), /talkSeconds/],
    ["a duration without an end", () => ({ ringSeconds: Number.POSITIVE_INFINITY }), /ringSeconds/],
    ["an invalid date", () => ({ endedAt: new Date(Number.NaN) }), /endedAt/],
    ["a date that JSON does not preserve", () => ({ endedAt: new Date(8.64e15) }), /JSON form.*endedAt/],
    ["a field left undefined", () => ({ remark: undefined }), /remark/],
    ["an empty id", () => ({ id: "" }), /empty id/],
    ["a number for an id", () => ({ id: 7 }), /\bid\b/],
    [
      "nonsense in a leg",
      ({ legs }) => ({ legs: legs.map((leg) => ({ ...leg, talkSeconds: Number.NaN })) }),
      /legs\.0\.talkSeconds/,
    ],
  ])("%s", async (_, wrong, fault) => {
    const vendor = vendorWith((records) => ({
      map: (row, context) => {
        const mapped = records.map(row, context);
        return Object.assign({}, mapped, wrong(mapped));
      },
    }));
    const { faults } = await played(vendor);
    expect(faults.join("\n")).toMatch(fault);
  });

  it("a secret in its words", async () => {
    const [secret = ""] = good.secrets;
    const vendor = vendorWith(
      () => ({
        key: () => {
          throw new Error(`no key for ${secret}`);
        },
      }),
      { secrets: () => [] },
    );
    const { faults } = await played(vendor);
    expect(faults).toEqual(
      expect.arrayContaining([
        expect.stringContaining("the error's message shows the secret"),
        expect.stringContaining("the error's JSON shows the secret"),
      ]),
    );
  });

  it("a list without an end", async () => {
    const endless = { style: "cursor", size: 3, total: false } as const;
    let pages = 0;
    const vendor = vendorWith(() => ({
      paging: endless,
      request: (query) => ({ method: "POST", url: "http://127.0.0.1/endless", body: { cursor: query.page.cursor } }),
      responseSchema: z.unknown().transform(() => {
        pages += 1;
        return {
          rows: [{ callSerialNo: String(pages), startTime: RANGE.from.getTime() }],
          total: null,
          next: String(pages),
        };
      }),
    }));
    const { faults } = await played(vendor);
    expect(faults.join("\n")).toContain("it sent more than");
  });

  it("a change of all objects' prototype", async () => {
    const vendor = vendorWith((records) => ({
      map: (row, context) => {
        Object.assign(Object.prototype, { polluted: true });
        return records.map(row, context);
      },
    }));
    try {
      expect((await played(vendor)).faults).toContain("a prototype was polluted");
    } finally {
      Reflect.deleteProperty(Object.prototype, "polluted");
    }
  });

  it("an exception of another class that ends a call", () => {
    expect(faultsOfError(new TypeError("x is undefined"), []).join()).toContain(
      "it ended with TypeError: x is undefined",
    );
    expect(faultsOfError("text", []).join()).toContain("it ended with 'text'");
  });
});

describe("an exception that the engine converts to a typed error is not a fault:", () => {
  it.each<[string, () => Partial<Records>]>([
    [
      "a map that throws",
      () => ({
        map: () => {
          throw new TypeError("undefined is not a function");
        },
      }),
    ],
    [
      "a schema that throws",
      () => ({
        row: z.unknown().transform((): never => {
          throw new RangeError("Invalid time value");
        }),
      }),
    ],
    [
      "an envelope that throws",
      () => ({
        responseSchema: z.unknown().transform((): never => {
          throw new RangeError("Invalid time value");
        }),
      }),
    ],
  ])("%s", async (_, wrong) => {
    const { faults, outcome } = await played(vendorWith(wrong));
    expect(faults).toEqual([]);
    expect(outcome).toContain("ResponseError");
  });
});

describe("a mutation", () => {
  it("depends on its seed only", () => {
    const [{ response }] = good.scenarios[0].exchanges;
    const mutated = (seed: number) => mutateResponse(response, new Random(seed));
    expect(mutated(77)).toEqual(mutated(77));
    expect(new Set(Array.from({ length: 200 }, (_, seed) => JSON.stringify(mutated(seed)))).size).toBeGreaterThan(150);
  });

  it("reaches the client", async () => {
    const exchange = good.scenarios[0].exchanges.find(({ operation }) => operation === "queryCallDetailRecord");
    if (exchange === undefined) throw new TypeError("The history was not requested.");
    const { outcome } = await played(good, {
      exchange,
      extent: "operation",
      response: { status: 200, headers: {}, text: '{"retCode":"77","retMsg":"Something new."}' },
    });
    expect(outcome).toContain("Something new.");
  });
});
