import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExchangeMask } from "../../src/capture/exchange-mask.js";
import { parseTaggedJson, printTaggedJson } from "../../src/capture/json-numbers.js";
import { TextMask } from "../../src/capture/text-mask.js";
import { Redaction } from "../../src/engine/account/redaction.js";

const phone = fc.stringMatching(/^(?:00|\+)?(?:86)?1[3-9]\d{9}$/);
const name = fc.oneof(
  fc.stringMatching(/^[李王张刘陈杨赵]{3,4}$/),
  fc.stringMatching(/^[A-Z][a-z]{7,12} [A-Z][a-z]{7,12}$/),
);
const secret = fc.stringMatching(/^[A-Za-z0-9]{16,40}$/);

/** Every part of an exchange in which an account's data may occur. */
function exchangeWith(text: string, key: string) {
  const nested = JSON.stringify({ [text]: text, list: [text, { deeper: JSON.stringify([text]) }] });
  const url = `https://files.example/${encodeURIComponent(text)}.mp3?q=${encodeURIComponent(text)}`;
  const fields = {
    Caller: text,
    Type: `${text}!`,
    Time: text,
    retMsg: `Not ${text}, ${key}`,
    calldata: nested,
    RecordURL: url,
  };
  return {
    request: {
      method: "POST" as const,
      url: `https://api.example/v1/${encodeURIComponent(text)}/query?token=${key}&q=${encodeURIComponent(text)}`,
      headers: { Authorization: `Bearer ${key}`, "X-Custom": text, Sign: key },
      body: JSON.stringify({ app_secret: key, other: `a ${key} b`, ...fields, [text]: 1 }),
    },
    response: {
      status: 200,
      headers: { "set-cookie": `id=${key}`, "x-echo": `${key} ${text}`, location: url },
      text: JSON.stringify({ AccessToken: key, code: key, ...fields, rows: [fields, [text]] }),
    },
  };
}

function maskFor(key: string): ExchangeMask {
  const redaction = new Redaction([key]);
  return new ExchangeMask((text) => redaction.clean(text) !== text);
}

describe("a masked exchange", () => {
  it("contains no secret, number or name, wherever they occur", () => {
    fc.assert(
      fc.property(fc.oneof(phone, name), secret, fc.boolean(), (text, key, isJson) => {
        const exchange = exchangeWith(text, key);
        if (!isJson) exchange.response.text = `<p>${exchange.response.text}`;
        const written = JSON.stringify(maskFor(key).exchange(exchange, "https://api.example/v1"));
        for (const part of [text, key, text.replace(/^(?:00|\+)/, ""), encodeURIComponent(text)])
          expect(written).not.toContain(part);
      }),
      { numRuns: 200 },
    );
  });

  it("keeps times, codes, counts, types and the form of JSON", () => {
    const body = {
      ...{
        StartTimestamp: 1_793_545_199,
        startTime: "1793545199999",
        callStartTime: "2026-11-01 22:59:59",
        EndStatus: 202,
      },
      ...{ EndStatusString: "ringingGiveUp", total: 12, Duration: 31, state: "3", isLast: true, none: null, empty: "" },
    };
    const request = { method: "POST" as const, url: "https://x.example/a/v3/cc/record", headers: {}, body: null };
    const response = { status: 200, headers: { date: "Mon, 02 Nov 2026 04:00:00 GMT" }, text: JSON.stringify(body) };
    const masked = maskFor("0123456789abcdef").exchange({ request, response }, "https://x.example/a");
    expect(masked.request.path).toBe("/v3/cc/record");
    expect(masked.response).toEqual({ status: 200, headers: response.headers, isJson: true, body });
  });

  it("masks what has another form than the kind of its field", () => {
    const text = JSON.stringify({
      state: "李伟 13800138000",
      Time: "13800138000",
      total: "123456789",
      EndStatus: 138_001_380,
    });
    const request = { method: "GET" as const, url: "https://x.example/", headers: {}, body: null };
    const { response } = maskFor("0123456789abcdef").exchange(
      { request, response: { status: 200, headers: {}, text } },
      null,
    );
    expect(response?.body).toEqual({
      state: "甲甲 10000000000",
      Time: "10000000000",
      total: "100000000",
      EndStatus: 100_000_001,
    });
  });
});

describe("a masked text", () => {
  it("has the shape of the text; equal ones are equal, and different ones different", () => {
    const text = fc.stringMatching(/^[李王张]{3}[a-z]{3}[A-Z]{3}-\d{4}[ .]\d{3}$/);
    fc.assert(
      fc.property(fc.array(text, { minLength: 2, maxLength: 30 }), (texts) => {
        const mask = new TextMask();
        const shape = (one: string) =>
          one
            .replace(/\p{Script=Han}/gu, "字")
            .replace(/[a-z]/g, "a")
            .replace(/[A-Z]/g, "A")
            .replace(/\d/g, "1");
        const masks = texts.map((one) => mask.mask(one));
        expect(masks.map(shape)).toEqual(texts.map(shape));
        expect(new Set(masks).size).toBe(new Set(texts).size);
        expect(texts.map((one) => mask.mask(one))).toEqual(masks);
      }),
    );
  });
});

describe("tagged JSON", () => {
  it("keeps the digits and the type of every number", () => {
    for (const text of [
      '{"id":1037058396471308289,"s":"1037058396471308289"}',
      "[1.50,-0,1e5,12]",
      '"12345678901234567890"',
    ])
      expect(printTaggedJson(parseTaggedJson(text))).toBe(text);
    expect(() => parseTaggedJson("{1:2}")).toThrow(SyntaxError);
  });
});
