import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CallRecord, callRecordSchema, maskNumber, maskNumbers, type Party, RequestError } from "call-records";
import { callRecord } from "call-records/testing";
import { daysAgo, openStage } from "../client/stage.js";
import { fullCall } from "../columns/full-call.js";
import { runs } from "../search.js";

const key = "0123456789abcdef0123456789abcdef";
const options = { key };
const party = (number: string, e164: string | null = null): Party => ({
  number,
  e164,
  displayNumber: null,
  protectedId: null,
  region: null,
});
const MASK = /^masked-[a-p]{24}-(?:\d\d|xx)$/;

/** Returns a call from this number with these fields. */
const callFrom = (caller: Party, fields: Partial<CallRecord> = {}) =>
  callRecord({ direction: "inbound", caller, customer: caller, callee: null, line: null, legs: [], ...fields });

/** Returns every text and number of a value, and the names in it, except under the names of ids. */
function leavesOf(value: unknown, isId: (name: string, leaf: string) => boolean, name = ""): string[] {
  if (typeof value === "string" || typeof value === "number") return isId(name, String(value)) ? [] : [String(value)];
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  if (Array.isArray(value)) return value.flatMap((item) => leavesOf(item, isId, name));
  return Object.entries(value).flatMap(([field, item]) => [
    ...(name === "relatedIds" ? [] : [field]),
    ...leavesOf(item, isId, name === "relatedIds" ? name : field),
  ]);
}

/** Returns all digits of a text in order, after each number of decodings. */
function digitsOf(text: string): string[] {
  const texts = [text];
  for (let count = 0; count < 3; count += 1) {
    const decoded = (texts.at(-1) ?? "")
      .replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    texts.push(decoded);
  }
  // A mask contains the last two digits.
  return texts.map((one) =>
    one
      .replace(/masked-[a-p]{24}-../g, "x")
      .normalize("NFKC")
      .replace(/[^0-9a-z]/gi, ""),
  );
}

const OWN_IDS = new Set(["provider", "account", "application", "id", "relatedIds", "groupId", "code"]);

/** Expects that no text of a masked call contains one of the numbers, except its ids. */
function expectMasked(call: CallRecord, masked: CallRecord, numbers: readonly string[]) {
  const { raw, ...fields } = masked;
  const ids = new Set<string>();
  leavesOf({ ...fields }, (name, leaf) => {
    if (OWN_IDS.has(name)) ids.add(leaf);
    return false;
  });
  const rest = [
    ...leavesOf({ ...fields }, (name) => OWN_IDS.has(name)),
    ...leavesOf(raw, (_, leaf) => ids.has(leaf)),
  ].flatMap(digitsOf);
  for (const number of numbers)
    expect(
      rest.filter((digits) => digits.includes(number)),
      JSON.stringify(call),
    ).toEqual([]);
}

/** Returns the numbers that a call names, without prefixes: the last ten digits of each one with at least seven. */
function numbersOf({ caller, callee, customer, line, agent, legs }: CallRecord): string[] {
  const fields = [
    ...[caller, callee, customer, line].flatMap((one) => [one?.number, one?.e164, one?.displayNumber]),
    ...legs.flatMap((leg) => [leg.number, leg.transferredFrom, leg.transferredTo, leg.agent?.phone]),
    agent?.phone,
  ];
  return [...new Set(fields.map((field) => (field ?? "").replace(/\D/g, "").slice(-10)))].filter(
    ({ length }) => length >= 7,
  );
}

describe("maskNumbers", () => {
  it(
    "leaves no number of an emulated vendor's call except in ids, and is idempotent",
    { timeout: 60_000 },
    async () => {
      const { client } = await openStage({ emulator: { days: 3, callsPerDay: runs(60) } });
      const vendors = new Set<string>();
      for await (const call of client.records({ from: daysAgo(3), to: daysAgo(1) })) {
        const masked = maskNumbers(call, options);
        const numbers = numbersOf(call);
        if (numbers.length > 0) vendors.add(call.provider);
        expectMasked(call, masked, numbers);
        expect(maskNumbers(masked, options)).toEqual(masked);
        expect(callRecordSchema.parse(masked)).toEqual(masked);
        const idsOf = ({ id, relatedIds, account, application, agent }: CallRecord) => ({
          ...{ id, relatedIds, account, application, agentId: agent?.id },
        });
        expect(idsOf(masked)).toEqual(idsOf(call));
      }
      expect([...vendors].sort()).toEqual(["huawei-cec", "itniotech", "tencent-ccc"]);
    },
  );

  it("finds every format of a number in texts, JSON and raw", () => {
    const national = fc.constantFrom("18392515977", "2131234567", "7551234567");
    const separators = fc.constantFrom("", " ", "-", ".", "\u00a0", "\u2011", " (", "\u200b");
    const form = fc
      .tuple(
        national,
        fc.constantFrom("", "86", "+86", "0086", "0", "9", "17951"),
        separators,
        fc.integer({ min: 1, max: 9 }),
      )
      .map(([digits, prefix, separator, at]) => [
        digits,
        `${prefix}${digits.slice(0, at)}${separator}${digits.slice(at)}`,
      ]);
    const encodings = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => encodeURIComponent(text),
      (text) => Array.from(text, (one) => (one < "\u0080" ? `%${one.charCodeAt(0).toString(16)}` : one)).join(""),
      (text) => JSON.stringify(JSON.stringify({ phone: text, other: 1 })),
      (text) =>
        `{"a":[{"b":"${Array.from(text, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}"}]}`,
      (text) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
      (text) => text.replace(/[0-9]/g, (digit) => String.fromCodePoint(0x0660 + Number(digit))),
      (text) => `call${text}back`,
      (text) => `{"phone":${text.replace(/[^1-9]/g, "")}}`,
      (text) => encodeURIComponent(encodeURIComponent(text)),
    );
    fc.assert(
      fc.property(
        form,
        encodings,
        fc.string({ unit: fc.constantFrom("a", " ", ":", "，", "x") }),
        (written, encode, around) => {
          const [digits = "", text = ""] = written;
          const hostile = `${around}${encode(text)}${around}`;
          const json = encode(text);
          const call = callFrom(party(`+86${digits}`, `+86${digits}`), {
            remark: hostile,
            customData: json,
            tags: [hostile],
            agent: { id: "7", name: hostile, email: null, phone: null, groupId: null, groupName: null },
            raw: { text: hostile, json, [hostile]: [Number(digits), `0${digits}`, `https://example.com/${hostile}`] },
          });
          const masked = maskNumbers(call, options);
          expectMasked(call, masked, [digits]);
          expect(maskNumbers(masked, options)).toEqual(masked);
        },
      ),
      { numRuns: runs(500) },
    );
  });

  it("gives one mask to all formats of a number whose country is known", () => {
    const e164 = "+8618392515977";
    const hash = createHmac("sha256", key).update(e164).digest("hex").slice(0, 24);
    const letters = hash.replace(/./g, (digit) => "abcdefghijklmnop".charAt(Number.parseInt(digit, 16)));
    const mask = `masked-${letters}-77`;
    for (const number of ["18392515977", "+86 183 9251 5977", "008618392515977", "8618392515977"])
      expect(maskNumbers(callFrom(party(number, e164), { remark: `call ${number}` }), options)).toMatchObject({
        caller: { number: mask, e164: mask },
        customer: { number: mask },
        remark: `call ${mask}`,
      });
    expect(maskNumber("+86 183 9251 5977", options)).toBe(mask);
    expect(maskNumber("+86 183 9251 5977", { key: Buffer.from(key) })).toBe(mask);
    const unknown = maskNumbers(callFrom(party("18392515977")), options).caller?.number;
    expect(unknown).not.toBe(mask);
    expect(unknown).toBe(maskNumber("18392515977", options));
    expect(maskNumbers(callFrom(party("+86 183 9251 5977")), options).caller?.number).toBe(mask);
  });

  it("masks the numbers of legs, agents and transfers, and keeps an agent's id", () => {
    const agent = {
      id: "8001",
      name: "Li 02131234567",
      email: "02131234567@example.com",
      phone: "021-3123 4567",
      groupId: "1",
      groupName: null,
    };
    const leg = {
      role: "agent" as const,
      number: "8002",
      agent,
      startedAt: null,
      ringingAt: null,
      answeredAt: null,
      endedAt: null,
      talkSeconds: 8002,
      transferredFrom: "8001",
      transferredTo: "8003",
      recordings: [],
    };
    const call = callFrom(party("18392515977"), {
      agent,
      legs: [leg],
      remark: "from 8002 to 8003 at 10:8002, 18002",
      raw: { StaffNumber: "8001", from: "8002", to: 8003, at: "2026-8002" },
    });
    const masked = maskNumbers(call, options);
    const [phone, from, to] = ["02131234567", "8002", "8003"].map((number) => maskNumber(number, options));
    expect(masked.agent).toEqual({ ...agent, name: `Li ${phone}`, email: `${phone}@example.com`, phone });
    expect(masked.legs).toEqual([{ ...leg, number: from, agent: masked.agent, transferredTo: to }]);
    expect(from).toMatch(/-xx$/);
    expect(masked.remark).toBe(`from ${from} to ${to} at 10:8002, 18002`);
    expect(masked.raw).toEqual({ StaffNumber: "8001", from, to, at: "2026-8002" });
  });

  it("replaces what is not one number as a whole, and keeps words", () => {
    const numbers = [
      "138****0000",
      "sip:18392515977@10.0.0.1",
      "18392515977,13912345678",
      "8.61839E+12",
      "anonymous",
      "alice",
      "",
    ];
    const masked = numbers.map((number) => {
      const once = maskNumbers(callFrom(party(number), { raw: { number, text: `x ${number} y` } }), options);
      expect(maskNumbers(once, options)).toEqual(once);
      if (/\d{3}/.test(number)) expect(JSON.stringify(once.raw)).not.toContain(number);
      return once.caller?.number ?? null;
    });
    const [shown, sip, list, rounded, ...words] = masked;
    expect(shown).toMatch(MASK);
    expect(sip).toBe(maskNumber("18392515977", options));
    expect(list).toBe(`${maskNumber("18392515977", options)},${maskNumber("13912345678", options)}`);
    expect(rounded).toMatch(MASK);
    expect(words).toEqual(["anonymous", "alice", ""]);
  });

  it("removes addresses with a number, and keeps ids, other numbers and JSON", () => {
    const url = "https://example.com/rec?to=%2B8618392515977";
    const recording = {
      id: "/rec/18392515977.mp3",
      url,
      kind: "call" as const,
      transcriptUrl: "https://example.com/2.txt",
    };
    const customData =
      '{"id": 12345678901234567890, "phone": 18392515977, "18392515977": ["\\u0031", "https://a.b/18392515977"]}';
    const call = callFrom(party("18392515977"), {
      id: "18392515977-1",
      recordings: [recording],
      customData,
      remark: url,
      raw: { id: "18392515977-1", voiceUrl: recording.id, url, duration: 65, big: "12345678901234567890" },
    });
    const masked = maskNumbers(call, options);
    const mask = maskNumber("18392515977", options);
    expect(masked).toMatchObject({
      id: call.id,
      recordings: [{ ...recording, url: null }],
      customData: `{"id": 12345678901234567890, "phone": "${mask}", "${mask}": ["\\u0031", null]}`,
      remark: null,
      raw: { id: call.id, voiceUrl: recording.id, url: null, duration: 65, big: "12345678901234567890" },
    });
  });

  it("keeps both fields of raw whose names are formats of one number", () => {
    const call = callFrom(party("+8618392515977", "+8618392515977"), { raw: { "18392515977": 1, "8618392515977": 2 } });
    const mask = maskNumber("+8618392515977", options);
    expect(maskNumbers(call, options).raw).toEqual({ [mask]: 1, [`${mask}'`]: 2 });
  });

  it("leaves the given call as it is, and every field that contains no number", () => {
    const before = structuredClone(fullCall);
    const masked = maskNumbers(fullCall, options);
    expect(fullCall).toEqual(before);
    const { caller, callee, customer, line, agent, ...rest } = masked;
    expect(fullCall).toMatchObject(rest);
    expect([caller, customer].map((one) => one?.region)).toEqual(["Beijing", "Beijing"]);
    expect([callee?.number, line?.e164]).toEqual(Array(2).fill(expect.stringMatching(/^masked-[a-p]{24}-88$/)));
    expect(callee?.number).toBe(line?.e164);
    expect(agent?.name).toBe("张三, B");
    expect("raw" in maskNumbers(callFrom(party("1")), options)).toBe(false);
  });

  it("refuses a short key, another value and an unknown option, without quoting the key", () => {
    for (const wrong of ["", "short key", new Uint8Array(15), 5, undefined]) {
      const attempt = () => maskNumbers(fullCall, { key: wrong as string });
      expect(attempt).toThrow(RequestError);
      expect(attempt).toThrow(/maskNumbers: option `key`: must be a text or a Uint8Array of at least 16 bytes/);
      expect(attempt).not.toThrow(/short key/);
    }
    expect(() => maskNumbers(fullCall, { key, keys: 1 } as never)).toThrow(/keys/);
    expect(() => maskNumbers({} as CallRecord, options)).toThrow(/maskNumbers: argument `call`: must be a call record/);
    expect(() => maskNumber("alice", options)).toThrow(RequestError);
  });
});
