import { describe, expect, it } from "vitest";
import { decodeBody } from "../../src/engine/http/body-text.js";
import { ResponseError } from "../../src/model/errors.js";
import { thrownBy } from "../client/stage.js";

const TEXT = '{"name":"通话记录"}';
/** The same text, encoded with Python's codecs. */
const GBK = Buffer.from("7b226e616d65223a22cda8bbb0bcc7c2bc227d", "hex");
const BIG5 = Buffer.from("7b226e616d65223a22b371b8dc227d", "hex");
const utf16le = Buffer.from(TEXT, "utf16le");
const utf16be = Buffer.from(utf16le).swap16();

describe("decodeBody", () => {
  it.each([
    ["application/json;charset=GBK", GBK],
    ['application/json; charset="gb2312"', GBK],
    ["application/json; Charset = 'GB18030'", GBK],
    ["text/plain; boundary=x; charset=cp936", GBK],
    ["application/json; charset=utf-16le", utf16le],
    ["application/json; charset=utf-16be", utf16be],
    ["application/json; charset=UTF-8", Buffer.from(TEXT)],
    ["application/json; charset=utf8", Buffer.from(TEXT)],
    ["application/json; charset=us-ascii", Buffer.from(TEXT)],
    ["application/json; charset=", Buffer.from(TEXT)],
    ["application/json", Buffer.from(TEXT)],
    [undefined, Buffer.from(TEXT)],
  ])("uses the charset of the content type %s", (contentType, bytes) => {
    expect(decodeBody(bytes, contentType, "host")).toBe(TEXT);
  });

  it("decodes Big5 and Latin-1 if they are declared", () => {
    expect(decodeBody(BIG5, "application/json;charset=Big5", "host")).toBe('{"name":"通話"}');
    expect(decodeBody(Buffer.from([0xe9]), "text/plain; charset=ISO-8859-1", "host")).toBe("é");
  });

  it.each([
    ["UTF-8", Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(TEXT)])],
    ["UTF-16, little endian", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le])],
    ["UTF-16, big endian", Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be])],
  ])("uses the byte order mark of %s before the declared charset", (_, bytes) => {
    for (const contentType of [undefined, "application/json;charset=GBK"])
      expect(decodeBody(bytes, contentType, "host")).toBe(TEXT);
  });

  it("throws an error that names an unsupported charset", () => {
    const error = thrownBy(() => decodeBody(GBK, "application/json; charset=x-unknown", "api.example"));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("api.example");
    expect(error.message).toContain("`x-unknown`");
  });
});
