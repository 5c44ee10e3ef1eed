import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BuiltInProvider, CallRecordsClient, huaweiCec, itniotech, type Party, tencentCcc } from "call-records";
import { e164Numbers, writtenForms } from "../contract/phone-numbers.js";
import { NumberFilter } from "../../src/operations/records/number-filter.js";
import { readPhoneText } from "../../src/contract/phone-text.js";
import { runs } from "../search.js";
import {
  besidePlaces,
  calleeOf,
  completeForms,
  numberParts,
  partialForms,
  places,
  unclearForms,
} from "./stored-forms.js";

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

  it("is never missed silently beside an extension, another number, a mask or a prefix", () => {
    fc.assert(
      fc.property(numberParts, unclearForms, places, (parts, form, { country, read }) => {
        const stored = form(parts);
        expect(compare(`+${parts.code}${parts.national}`, country, read(stored, parts)), stored).not.toBe("different");
      }),
      { numRuns: runs(8000) },
    );
  });

  it("is never missed silently between any other text", () => {
    const between = fc.constantFrom(...Array.from(" -_/.,;:#*()转\n"));
    const text = fc.string({ unit: fc.constantFrom(...Array.from("0123456789 -_/.,;:#*()+x转")), maxLength: 12 });
    const around = fc.record({ before: fc.tuple(text, between), after: fc.tuple(between, text) });
    fc.assert(
      fc.property(numberParts, around, places, fc.boolean(), (parts, { before, after }, { country, read }, hasCode) => {
        const number = `${hasCode ? parts.code : parts.trunk}${parts.national}`;
        const stored = `${before.join("")}${number}${after.join("")}`;
        expect(compare(`+${parts.code}${parts.national}`, country, read(stored, parts)), stored).not.toBe("different");
      }),
      { numRuns: runs(8000) },
    );
  });

  it("is never missed silently in another field of the party", () => {
    fc.assert(
      fc.property(numberParts, fc.oneof(completeForms, partialForms), besidePlaces, (parts, form, placeOf) => {
        const stored = form(parts);
        const { party, country } = placeOf(stored);
        expect(compare(`+${parts.code}${parts.national}`, country, party), stored).not.toBe("different");
      }),
      { numRuns: runs(4000) },
    );
  });

  const SHANGHAI = "+862160812345";
  const MOBILE = "+8618392515977";
  it.each([
    [MOBILE, "possible", "18392515977-1234"],
    [MOBILE, "possible", "18392515977_1"],
    [MOBILE, "possible", "018392515977 1234"],
    [MOBILE, "possible", "18392515977 (2)"],
    [MOBILE, "possible", "18392515977/13800000000"],
    [MOBILE, "possible", "13800000000\n18392515977"],
    [MOBILE, "possible", "008618392****"],
    [MOBILE, "possible", "0183925****"],
    [MOBILE, "possible", "8618392****"],
    [MOBILE, "possible", "183925159--"],
    [MOBILE, "possible", "0018392515977"],
    [MOBILE, "possible", "0 018392515977"],
    [MOBILE, "possible", "18392515977.0"],
    [MOBILE, "possible", "8.61839E+12"],
    [MOBILE, "possible", "1.83925e+10"],
    [MOBILE, "possible", "8618392515977.0"],
    [MOBILE, "hidden", "8.6E+12"],
    [MOBILE, "different", "8.613888888E+12"],
    ["+8618392599977", "possible", "8.61839E+12"],
    ["+8618399999977", "possible", "8.6184E+12"],
    [MOBILE, "hidden", "***********"],
    ...[
      "anonymous",
      "Anonymous",
      " unknown ",
      "UNKNOWN CALLER",
      "private number",
      "No Caller ID",
      "Restricted",
      "sip:anonymous@anonymous.invalid",
      "未知号码",
      "N/A",
    ].map((marker): [string, string, string] => [MOBILE, "different", marker]),
    [MOBILE, "hidden", "secret"],
    [MOBILE, "possible", "unknown 18392515977"],
    [MOBILE, "hidden", "138********"],
    [MOBILE, "different", "183****0000"],
    [MOBILE, "different", "13800000000-1234"],
    [MOBILE, "different", "1001"],
    [MOBILE, "different", "139 1234 5678"],
    [SHANGHAI, "possible", "021-60812345-80"],
    [SHANGHAI, "possible", "021-60812345-801"],
    [SHANGHAI, "possible", "021-60812345 801"],
    [SHANGHAI, "possible", "021-60812345/801"],
    [SHANGHAI, "possible", "60812345-801"],
    [SHANGHAI, "possible", "4008001234,60812345"],
    [SHANGHAI, "possible", "9,60812345"],
    [SHANGHAI, "possible", "6001#60812345"],
    [SHANGHAI, "possible", "1001转60812345"],
    [SHANGHAI, "possible", "021-6081****"],
    [SHANGHAI, "possible", "86-021-6081****"],
    [SHANGHAI, "possible", "021-6081**** ext. 80"],
    [SHANGHAI, "different", "4008001234"],
    ["+4930123456", "possible", "030/123456-12"],
    ["+4930123456", "possible", "+49 30 123456-12"],
    ["+867508123456", "possible", "8123456/801"],
    ["+867551234567", "possible", "7551234567.0"],
  ])("%s is %s in a row with %j", (wanted, expected, stored) => {
    for (const { party, country } of [
      calleeOf("tencent", { Callee: stored }),
      calleeOf("huawei", { called: stored }),
      calleeOf("itnio", { called: stored }),
    ])
      expect(compare(wanted, country, party)).toBe(expected);
  });

  it.each([
    ["possible", "itnio", { called: "***", encryptCalled: "18392515977" }],
    ["possible", "itnio", { called: "99887766", encryptCalled: "8618392515977" }],
    ["hidden", "itnio", { called: null, encryptCalled: "99887766554433" }],
    ["hidden", "itnio", { called: null, encryptCalled: "99887766554433221100" }],
    ["hidden", "itnio", { called: "138********", encryptCalled: "ENC#1" }],
    ["hidden", "tencent", { Callee: "***********", ProtectedCallee: "p-1" }],
    ["different", "tencent", { Callee: "", ProtectedCallee: "anonymous" }],
    ["different", "tencent", { Callee: "anonymous", ProtectedCallee: "anonymous" }],
    ["hidden", "tencent", { Callee: "anonymous", ProtectedCallee: "p-1" }],
    ["different", "huawei", { called: null, agentPresent: "anonymous" }],
    ["possible", "tencent", { Callee: "1001", ProtectedCallee: "8618392515977" }],
    ["possible", "huawei", { called: "1001", agentPresent: "018392515977" }],
    ["possible", "huawei", { called: null, agentPresent: "18392515977" }],
    ["different", "huawei", { called: "13800000000", agentPresent: "02160812345" }],
    ["different", "tencent", { Callee: "008613800000000", ProtectedCallee: "p-1" }],
    ["different", "itnio", { called: "8613800000000", encryptCalled: "86138****0000" }],
  ] as const)("is %s at %s in a row with %j", (expected, vendor, row) => {
    const { party, country } = calleeOf(vendor, row);
    expect(compare("+8618392515977", country, party)).toBe(expected);
    expect(compare("18392515977", "CN", party)).toBe(expected);
  });

  it.each([
    // With the ninth digit of Brazil and without, for numbers that were mobile numbers of eight digits.
    ["same-digits", "+5511987654321", "55", "551187654321"],
    ["same-digits", "+551187654321", "55", "5511987654321"],
    ["same-digits", "+5511987654321", "55", "1187654321"],
    ["same-digits", "1187654321", "55", "5511987654321"],
    ["same-digits", "+5511987654321", null, "551187654321"],
    ["different", "+5511923456789", "55", "551123456789"],
    ["different", "+5511987654321", "55", "5521987654321"],
    // With the 9 of Argentina and without.
    ["same-digits", "+5491123456789", "54", "541123456789"],
    ["same-digits", "+541123456789", "54", "5491123456789"],
    ["same", "+5491123456789", "54", "54111523456789"],
    ["same-digits", "+5491123456789", "54", "1123456789"],
    ["same-digits", "1123456789", "54", "5491123456789"],
    // With the 1 that Mexico has given up and without.
    ["same", "+525512345678", "52", "5215512345678"],
    ["same", "+5215512345678", "52", "525512345678"],
    ["same", "+525512345678", "52", "005215512345678"],
    // A local number may belong to any area.
    ["possible", "+5511987654321", "55", "987654321"],
    ["possible", "+55987654321", "55", "987654321"],
  ])("is %s: %s in a row of the country %s with %s", (expected, wanted, ccode, called) => {
    const { party } = calleeOf("itnio", { called, ccode: ccode && `${ccode}(Country)` });
    expect(compare(wanted, null, party)).toBe(expected);
  });

  it("is one number: two numbers are refused, and one with an extension after a dash is not certain", () => {
    for (const two of ["18392515977/13800000000", "18392515977 13800000000", "18392515977\n13800000000"])
      expect(readPhoneText(two)).toBeNull();
    const text = readPhoneText("021-60812345-80");
    expect(text !== null && new NumberFilter([text], "CN").isCertain).toBe(false);
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
