import { describe, expect, it } from "vitest";
import { ConfigurationError, itniotech, ResponseError } from "call-records";
import { checkAddress } from "../../src/engine/recordings/check-address.js";
import { thrownBy } from "../client/stage.js";

const CONTEXT = { provider: "acme", account: "acme", operation: "address", window: null };
const PUBLIC = "https://api.example.com";
const LOCAL = "http://127.0.0.1:8080";
const rules = (endpoint: string | null, upgradesHttp = false) => ({
  ...{ endpoint, upgradesHttp, hosts: ["records.example.com", "*.store.example.com"] },
});

describe("an address of a recording", () => {
  it.each([
    ["https://records.example.com/a?sign=1", PUBLIC, "https://records.example.com/a?sign=1"],
    ["https://RECORDS.example.com./a#part", PUBLIC, "https://records.example.com./a"],
    ["https://bucket.store.example.com:8443/a", PUBLIC, "https://bucket.store.example.com:8443/a"],
    ["http://127.0.0.1:9000/a", LOCAL, "http://127.0.0.1:9000/a"],
    ["http://localhost/a", LOCAL, "http://localhost/a"],
    ["https://records.example.com/a", LOCAL, "https://records.example.com/a"],
    ["https://records.example.com/a", null, "https://records.example.com/a"],
  ])("%s is allowed where the API is at %s", (address, endpoint, expected) => {
    expect(checkAddress(address, rules(endpoint), CONTEXT)).toBe(expected);
  });

  it("with plain http is requested with https only where the provider declares it", () => {
    const address = "http://records.example.com/a";
    expect(checkAddress(address, rules(PUBLIC, true), CONTEXT)).toBe("https://records.example.com/a");
    expect(() => checkAddress(address, rules(PUBLIC), CONTEXT)).toThrow(/plain http/);
    // Nobody knows which port has https.
    expect(() => checkAddress("http://records.example.com:8080/a", rules(PUBLIC, true), CONTEXT)).toThrow(/plain http/);
  });

  it.each([
    "https://example.com/a",
    "https://store.example.com/a",
    "https://records.example.com.evil.invalid/a",
    "https://evilstore.example.com/a",
    "https://records.example.com@evil.invalid/a",
    "https://user:secret@records.example.com/a",
    "https://127.0.0.1/a",
    "http://127.0.0.1/a",
    "http://[::1]/a",
    "http://2130706433/a",
    "https://169.254.169.254/latest",
    "ftp://records.example.com/a",
    "file:///etc/passwd",
    "//records.example.com/a",
    "/a",
    "",
  ])("%s is refused, in a message without the address", (address) => {
    for (const endpoint of [PUBLIC, null]) {
      const error = thrownBy(() => checkAddress(`${address}?sign=topsecret`, rules(endpoint, true), CONTEXT));
      expect(error).toBeInstanceOf(ResponseError);
      expect(error.message).not.toMatch(/secret/);
    }
  });
});

describe("the option recordingHosts", () => {
  const make = (host: string) => itniotech({ apiKey: "a-key", apiSecret: "a-secret", recordingHosts: [host] });

  it.each([
    "https://records.example.com",
    "records.example.com/a",
    "records.example.com:443",
    "*.com",
    "*",
    "a.*.com",
    "",
    "-a.com",
  ])("does not accept %j", (host) => {
    const error = thrownBy(() => make(host));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("`recordingHosts.0`");
  });

  it.each(["records.example.com", "*.example.com", "10.1.2.3"])("accepts %j", (host) => {
    expect(make(host).operations.recordings?.hosts).toEqual(["api.itniotech.com", host]);
  });
});
