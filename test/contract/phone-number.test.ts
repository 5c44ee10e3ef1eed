import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { e164Of, isCountry, isWrittenAs, textsOf } from "../../src/contract/phone-number.js";
import { readPhoneText } from "../../src/contract/phone-text.js";
import { e164Numbers, writtenForms } from "./phone-numbers.js";

describe("E.164", () => {
  it("is derived from every international format of a number, and without a country from no other", () => {
    fc.assert(
      fc.property(e164Numbers, writtenForms, (e164, write) => {
        expect(e164Of(write(e164))).toBe(e164);
        expect(e164Of(write(e164.replace("+", "00")))).toBe(e164);
        expect(e164Of(e164.slice(1))).toBeNull();
        expect(e164Of(`0${e164.slice(1)}`)).toBeNull();
      }),
    );
  });

  it("is null for a country code that does not exist", () => {
    for (const callingCode of ["10", "999", "0", "1234567"]) {
      expect(e164Of("13800138000", { callingCode })).toBeNull();
      expect(e164Of(`${callingCode}13800138000`, { callingCode })).toBeNull();
      expect(e164Of("+8613800138000", { callingCode })).toBe("+8613800138000");
    }
  });

  it.each([
    ["+49 (0)30 1234567", "+49301234567"],
    ["0049 (0) 30/1234567", "+49301234567"],
    ["+62081234567890", "+6281234567890"],
    ["+39 (0)6 12345678", "+390612345678"],
    ["+44 (0)7700 900123", "+447700900123"],
    ["+1 (0)415 555 2671", "+14155552671"],
    ["+45 (0)32 12 34 56", "+4532123456"],
    ["008618392515977", "+8618392515977"],
    ["(0086) 183-9251-5977", "+8618392515977"],
    ["+86\u2011183\u20129251\u20135977", "+8618392515977"],
    ["\u202a+86\u00a0183\u20099251\u200b5977\u202c\ufeff", "+8618392515977"],
    ["+８６　１８３－９２５１－５９７７", "+8618392515977"],
    ["+86 183\u22129251\u30fc5977", "+8618392515977"],
    ["tel:+86-183-9251-5977;ext=12", "+8618392515977"],
    ["tel:183-9251-5977;phone-context=+86", "+8618392515977"],
    ["+86 18392515977 ext. 204", "+8618392515977"],
    ["+86 18392515977转204", "+8618392515977"],
    ["+8618392515977\n", "+8618392515977"],
    ["008601012345678", "+861012345678"],
    ["+008618392515977", "+8618392515977"],
    ["00+86 18392515977", "+8618392515977"],
    ["+390061234567", "+39061234567"],
    ["+1 020 2555 0123", "+12025550123"],
    ["+852 0 9123 4567", "+85291234567"],
    ["+65 081234567", "+6581234567"],
    ["+7 8 912 345 67 89", "+79123456789"],
    ["+36 06 20 123 4567", "+36201234567"],
    ["+86 010 5888 1234", "+861058881234"],
    ["+86 12025550123", null],
    ["+521 55 1234 5678", "+525512345678"],
    ["+54 11 15 2345-6789", "+5491123456789"],
    ["+८६ १८३ ९२५१ ५९७७", "+8618392515977"],
    ["+๘๖ ๑๘๓๙๒๕๑๕๙๗๗", "+8618392515977"],
    ["+\u{1e8f}8618392515977", null],
    ["+\u0be6\u0be68618392515977", "+8618392515977"],
    ["+\ud835\udff4\ud835\udff218392515977", "+8618392515977"],
  ])("of %j is %s", (number, expected) => {
    expect(e164Of(number)).toBe(expected);
  });

  it("is found with every Unicode dash, space and format character as a separator", () => {
    const separators = Array.from({ length: 0x110000 }, (_, code) => code)
      .filter((code) => code < 0xd800 || code > 0xdfff)
      .map((code) => String.fromCodePoint(code))
      .filter((character) => /[\p{Pd}\p{Dash}\p{Zs}\p{Zl}\p{Zp}\p{Cf}\p{Pc}\p{Ps}\p{Pe}]/u.test(character));
    expect(separators.length).toBeGreaterThan(300);
    const read = separators.filter(
      (character) => e164Of(["+86", "183", "9251", "5977"].join(character)) !== "+8618392515977",
    );
    expect(read).toEqual([]);
  });

  it("is found in the decimal digits of every script", () => {
    const zeros = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => {
      const isDigit = (one: number) => /^\p{Nd}$/u.test(String.fromCodePoint(one));
      return (code < 0xd800 || code > 0xdfff) && isDigit(code) && !isDigit(code - 1);
    });
    expect(zeros.length).toBeGreaterThan(60);
    const write = (zero: number) =>
      Array.from("8618392515977", (digit) => String.fromCodePoint(zero + Number(digit))).join("");
    expect(zeros.filter((zero) => e164Of(`+${write(zero)}`) !== "+8618392515977")).toEqual([]);
  });

  it.each(Array.from("・･⁃~～_＿·•‧∙⋅'′/.ー"))("is found with %s as a separator", (separator) => {
    expect(e164Of(["+86", "183", "9251", "5977"].join(separator))).toBe("+8618392515977");
  });

  it.each(Array.from('*#@%&!?"\\,;:、。，；'))("is not found with %s between the digits", (separator) => {
    expect(e164Of(["+86", "183", "9251", "59771234567890"].join(separator))).toBeNull();
  });

  it.each([
    "138••••0000",
    "138----0000",
    "138____0000",
    "138・・・・0000",
    "138…0000",
    "138~~~~0000",
    "+86 138\u2022\u2022\u20220000",
    "8.61839E+12",
    "1.8392515977e10",
    "8,61839 E 12",
    "18392515977.0",
    "+8618392515977.00",
  ])("is not read from the masked or rounded number %s", (number) => {
    expect(readPhoneText(number)).toBeNull();
  });

  it.each([
    ["18392515977", "CN", "+8618392515977"],
    ["8618392515977", "CN", "+8618392515977"],
    ["018392515977", "CN", "+8618392515977"],
    ["02158881234", "CN", "+862158881234"],
    ["4001234567", "CN", "+864001234567"],
    ["0018415552671", "CN", "+18415552671"],
    ["0014155552671", "CN", "+14155552671"],
    ["88889060", "CN", null],
    ["640060", "CN", null],
    ["95588", "CN", null],
    ["1058881234", "CN", "+861058881234"],
    ["2158881234", "CN", "+862158881234"],
    ["075512345678", "CN", "+8675512345678"],
    ["8602158881234", "CN", "+862158881234"],
    ["13105551234", "CN", "+8613105551234"],
    ["12025550123", "CN", null],
    ["11112345678", "CN", null],
    ["10058881234", "CN", null],
    ["85291234567", "CN", null],
    ["442079460123", "CN", null],
    ["65081234567", "CN", null],
    ["49030123456", "DE", null],
    ["081234567890", "ID", "+6281234567890"],
    ["(030) 1234567", "DE", "+49301234567"],
    ["70004", "DE", null],
    ["4155552671", "US", "+14155552671"],
  ])("of %s in %s is %s", (number, country, expected) => {
    expect(e164Of(number, { country })).toBe(expected);
  });

  it.each([
    ["18392515977", "86", "+8618392515977"],
    ["081234567890", "62", "+6281234567890"],
    ["4155552671", "1", "+14155552671"],
    ["11987654321", "55", "+5511987654321"],
    ["01133334444", "55", "+551133334444"],
    ["08001234567", "55", "+558001234567"],
    ["40031234", "55", "+5540031234"],
    ["987654321", "55", null],
    ["87654321", "55", null],
    ["33334444", "55", null],
    ["55987654321", "55", "+5555987654321"],
    ["5512345678", "52", "+525512345678"],
  ])("of %s with the country code %s is %s", (number, callingCode, expected) => {
    expect(e164Of(number, { callingCode })).toBe(expected);
  });

  it.each([
    null,
    "",
    "+",
    "00",
    "+1234567",
    "+1234567890123456",
    "0001380000000",
    "+08613800000000",
    "+86138****0000",
    "138xxxx0000",
    "++8613800000000",
    "anonymous",
    "sip:8613800000000@example.com",
  ])("of %j is not guessed: the result is null", (number) => {
    expect(e164Of(number, { country: "CN" })).toBeNull();
  });

  it.each([
    ["a service number", "0086955881"],
    ["a local number without its area code", "008688889060"],
    ["too few digits for its country", "00123456789"],
    ["too many digits for its country", "+85212345678901"],
  ])("of %s after the prefix is refused: %s", (_, number) => {
    expect(e164Of(number)).toBeNull();
  });
});

describe("the formats of a number", () => {
  it("include the national one, and the digits of the international one", () => {
    const isNumber = (e164: string, text: string) => {
      const read = readPhoneText(text);
      return read !== null && isWrittenAs(e164, read);
    };
    expect(["18392515977", "018392515977", "8618392515977"].map((text) => isNumber("+8618392515977", text))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["8392515977", "28392515977", "515977"].map((text) => isNumber("+8618392515977", text))).toEqual([
      false,
      false,
      false,
    ]);
    expect(isNumber("+6281234567890", "081234567890")).toBe(true);
    expect(isNumber("+390612345678", "0612345678")).toBe(true);
    expect(isNumber("+390612345678", "612345678")).toBe(false);
  });

  it("that a vendor may store all mean that number", () => {
    fc.assert(
      fc.property(e164Numbers, (e164) => {
        const texts = textsOf(e164);
        expect(texts.slice(0, 3)).toEqual([e164.replace("+", "00"), e164.slice(1), e164]);
        for (const text of texts) {
          const read = readPhoneText(text);
          expect(read !== null && (e164Of(text) === e164 || isWrittenAs(e164, read))).toBe(true);
        }
      }),
    );
    expect(textsOf("+8618392515977")).toEqual([
      "008618392515977",
      "8618392515977",
      "+8618392515977",
      "0086018392515977",
      "86018392515977",
      "+86018392515977",
      "18392515977",
      "018392515977",
    ]);
    expect(textsOf("+5511987654321")).toEqual(expect.arrayContaining(["5511987654321", "551187654321", "01187654321"]));
    expect(textsOf("+541123456789")).toEqual(expect.arrayContaining(["1123456789", "5491123456789", "0111523456789"]));
    expect(textsOf("+525512345678")).toEqual(expect.arrayContaining(["525512345678", "5215512345678"]));
  });
});

it.each([
  ["CN", true],
  ["DE", true],
  ["cn", false],
  ["CHN", false],
  ["XX", false],
  ["86", false],
  ["", false],
])("a country is an ISO 3166 code: %j is %s", (code, expected) => {
  expect(isCountry(code)).toBe(expected);
});
