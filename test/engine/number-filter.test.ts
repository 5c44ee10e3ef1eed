import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BuiltInProvider, CallRecordsClient, huaweiCec, itniotech, type Party, tencentCcc } from "call-records";
import { e164Numbers, writtenForms } from "../contract/phone-numbers.js";
import { NumberFilter } from "../../src/operations/records/number-filter.js";
import { readPhoneText } from "../../src/contract/phone-text.js";
import { runs } from "../search.js";
import { completeForms, numberParts, partialForms, places } from "./stored-forms.js";

const providers = [
  tencentCcc({ secretId: "id-of-a-test", secretKey: "key-of-a-test", sdkAppIds: [1_400_000_000] }),
  huaweiCec({ appKey: "key-of-a-test", appSecret: "secret-of-a-test" }),
  itniotech({ apiKey: "key-of-a-test", apiSecret: "secret-of-a-test" }),
] as const;
const client = new CallRecordsClient<BuiltInProvider>({ providers });

/** The country codes of the generated numbers. */
const COUNTRY_CODE = /^\+(86|852|65|62|49|44|1)(\d+)$/;

function parts(e164: string): { code: string; national: string } {
  const [, code = "", national = ""] = COUNTRY_CODE.exec(e164) ?? [];
  return { code, national };
}

/** Returns the customers of calls with this number in every form in which the three vendors store it, each with its account's country. */
function storedForms(e164: string) {
  const { code, national } = parts(e164);
  const digits = e164.slice(1);
  const at = "2026-11-01 09:00:00";
  const tencent = (Callee: string) =>
    client.normalize(
      "tencent-ccc",
      { SessionId: "1", Time: 1_793_000_000, Direction: 1, Callee },
      { application: "1400000000" },
    );
  const huawei = (called: string) =>
    client.normalize("huawei-cec", { callSerialNo: "1", startTime: 1_793_000_000_000, called });
  const itnio = (called: string) =>
    client.normalize("itniotech", { keyId: 1, callType: 3, callStartTime: at, called, ccode: `${code}(Country)` });
  const records = [
    tencent(`00${digits}`),
    tencent(e164),
    huawei(`00${digits}`),
    itnio(digits),
    itnio(`+${digits}`),
    ...(code === "86" ? [huawei(national), huawei(`0${national}`), itnio(national)] : []),
  ];
  return records.map(({ provider, callee }) => ({ callee, country: provider === "huawei-cec" ? "CN" : null }));
}

function compare(wanted: string, country: string | null, party: Party | null): string {
  const text = readPhoneText(wanted);
  if (text === null) throw new TypeError(`${wanted} is not a number.`);
  return new NumberFilter([text], country).compare(party);
}

function compareAll(wanted: string, stored: ReturnType<typeof storedForms>): string[] {
  return stored.map(({ callee, country }) => compare(wanted, country, callee));
}

describe("a number", () => {
  it("is the same number in every format, and in every form that a vendor stores", () => {
    fc.assert(
      fc.property(e164Numbers, writtenForms, fc.constantFrom("+", "00", "", "national"), (e164, write, format) => {
        const { national } = parts(e164);
        const wanted = write(format === "national" ? national : e164.replace("+", format));
        const stored = storedForms(e164);
        expect(stored.map(({ callee }) => callee?.e164)).toEqual(stored.map(() => e164));
        expect(compareAll(wanted, stored)).toEqual(stored.map(() => "same"));
      }),
    );
  });

  it("is never another number", () => {
    fc.assert(
      fc.property(e164Numbers, e164Numbers, writtenForms, (e164, other, write) => {
        fc.pre(e164 !== other);
        const different = storedForms(other).map(() => "different");
        expect(compareAll(write(e164), storedForms(other))).toEqual(different);
        // National digits are compared with numbers of the same country only if the other number has that country.
        if (parts(e164).code === parts(other).code)
          expect(compareAll(write(parts(e164).national), storedForms(other))).toEqual(different);
      }),
    );
  });

  it("is not another number that contains its digits", () => {
    const stored = storedForms("+8618392515977");
    for (const wanted of ["+86183925159770", "+8683925159", "1839251597", "8392515977"])
      expect(compareAll(wanted, stored)).toEqual(stored.map(() => "different"));
    // A row with exactly these digits is reported, although the vendor's numbers without a country code are Chinese.
    const ambiguous = new Set(["18392515977", "018392515977"]);
    expect(compareAll("+18392515977", stored)).toEqual(
      stored.map(({ callee }) => (ambiguous.has(callee?.number ?? "") ? "possible" : "different")),
    );
  });

  it("is selected wherever a row contains all of its digits, however they are written", () => {
    fc.assert(
      fc.property(numberParts, completeForms, writtenForms, places, (parts, form, write, { country, read }) => {
        const stored = write(form(parts));
        // Three equal marks in a row hide digits.
        fc.pre(!/([^\p{L}\p{N}])\1\1/u.test(stored.replace(/\p{Cf}/gu, "")));
        const result = compare(`+${parts.code}${parts.national}`, country, read(stored, parts));
        expect(["same", "same-digits"], stored).toContain(result);
      }),
      { numRuns: runs(4000) },
    );
  });

  it("is never missed silently where a row contains a part of it, or more than one number", () => {
    fc.assert(
      fc.property(numberParts, partialForms, places, (parts, form, { country, read }) => {
        const stored = form(parts);
        expect(compare(`+${parts.code}${parts.national}`, country, read(stored, parts)), stored).not.toBe("different");
      }),
      { numRuns: runs(4000) },
    );
  });

  it("is never another number in any of these forms", () => {
    fc.assert(
      fc.property(numberParts, numberParts, completeForms, places, (parts, other, form, { country, read }) => {
        fc.pre(parts.national !== other.national);
        const result = compare(`+${parts.code}${parts.national}`, country, read(form(other), other));
        expect(result).toBe("different");
      }),
      { numRuns: runs(2000) },
    );
  });
});
