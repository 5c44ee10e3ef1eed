import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { CallRecordsClient, ConfigurationError, itniotech } from "call-records";
import { thrownBy } from "../client/stage.js";
import { AUTHORITY } from "./certificates.js";
import { isolateEnvironment } from "./vendors.js";

isolateEnvironment();
const SECRET = "pa55word-of-the-proxy";
const providers = [itniotech({ apiKey: "key", apiSecret: "secret" })];
const make = (options: object) => new CallRecordsClient({ providers, ...options });

function configurationErrorOf(options: object): string {
  const error = thrownBy(() => make(options));
  expect(error).toBeInstanceOf(ConfigurationError);
  for (const text of [error.stack ?? "", JSON.stringify(error), inspect(error, { depth: Infinity, showHidden: true })])
    expect(text).not.toContain(SECRET);
  return error.message;
}

describe("the option `proxy`", () => {
  it.each([
    "",
    "proxy.example",
    `user:${SECRET}@proxy.example:3128`,
    `socks5://user:${SECRET}@proxy.example`,
    `ftp://user:${SECRET}@proxy.example`,
    `http://user:${SECRET}@`,
    `http://user:12/${SECRET}@proxy.example:3128`,
    `http://user:${SECRET}?@proxy.example`,
    `http://user:12#${SECRET}@proxy.example`,
    `http://user:${SECRET}%zz@proxy.example`,
    `http://proxy.example/path?${SECRET}`,
    true,
    null,
    3128,
    { host: SECRET },
  ])("is rejected with its name and the rule, but without its value: %j", (proxy) => {
    expect(configurationErrorOf({ proxy })).toMatch(/option `proxy`: must be an http: or https: URL/);
  });

  it.each([
    false,
    undefined,
    "http://proxy.example",
    "https://proxy.example:3129/",
    "http://us%2Fer:w%25rd@[2001:db8::1]:3128",
  ])("may be %j", async (proxy) => {
    await make({ proxy }).close();
  });
});

describe("the option `agent`", () => {
  it("must be an agent that sends https", async () => {
    for (const agent of [null, true, {}, "agent", HttpsAgent, new HttpAgent()])
      expect(configurationErrorOf({ agent })).toMatch(/option `agent`: must be an agent of node:https/);
    await make({ agent: new HttpsAgent() }).close();
  });

  it("must not disable certificate verification", async () => {
    expect(configurationErrorOf({ agent: new HttpsAgent({ rejectUnauthorized: false }) })).toMatch(
      /option `agent`: must not have `rejectUnauthorized: false`/,
    );
    await make({ agent: new HttpsAgent({ rejectUnauthorized: true }) }).close();
  });

  it("excludes the options `proxy` and `ca`", () => {
    const agent = new HttpsAgent();
    for (const proxy of [`http://user:${SECRET}@proxy.example`, false])
      expect(configurationErrorOf({ agent, proxy })).toMatch(/`agent`.*`proxy`/);
    expect(configurationErrorOf({ agent, ca: AUTHORITY })).toMatch(/`agent`.*`ca`/);
  });
});

describe("the option `ca`", () => {
  const broken = AUTHORITY.replace(/\n[A-Za-z0-9+/=]{10}/, "\nAAAAAAAAAA");
  it.each([
    "",
    "not PEM",
    [],
    [AUTHORITY, "not PEM"],
    broken,
    [AUTHORITY + broken],
    `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`,
  ])("is rejected when it is not a certificate (%#)", (ca) => {
    expect(configurationErrorOf({ ca })).toMatch(/option `ca`: must contain readable certificates in PEM/);
  });

  it.each([null, 7, {}, [7]])("is rejected when it is not text (%j)", (ca) => {
    expect(configurationErrorOf({ ca })).toMatch(/option `ca`: must be PEM text/);
  });

  it("may be text, bytes, a list of them, or several certificates in one text", async () => {
    for (const ca of [
      AUTHORITY,
      Buffer.from(AUTHORITY),
      [AUTHORITY, Buffer.from(AUTHORITY)],
      `# a comment\r\n${AUTHORITY.replaceAll("\n", "\r\n")}\n${AUTHORITY}`,
    ])
      await make({ ca }).close();
  });
});

describe("an option that would disable certificate verification", () => {
  it.each(["rejectUnauthorized", "insecure", "strictSSL", "checkServerIdentity"])(
    "is rejected as unknown: %s",
    (name) => {
      expect(configurationErrorOf({ [name]: false })).toContain(`unknown option \`${name}\``);
    },
  );
});

// This test must be the last one: printing a client with getters breaks zod's schemas, as test/client/bad-options.test.ts explains.
describe("a client that is printed", () => {
  it("does not show its proxy", () => {
    const client = make({ proxy: `http://user:${SECRET}@proxy.example:3128`, ca: AUTHORITY });
    for (const text of [
      JSON.stringify(client),
      inspect(client, { showHidden: true, depth: Infinity, getters: true }),
    ]) {
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain("proxy.example");
    }
  });
});
