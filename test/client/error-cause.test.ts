import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import {
  AuthenticationError,
  CallRecordsClient,
  CallRecordsError,
  ConfigurationError,
  NetworkError,
  type Provider,
  ResponseError,
} from "call-records";
import { z } from "zod";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import { acme, acmeCalls, AcmeVendor } from "../samples/acme.js";
import { DAY, NOW, rejectionOf } from "./stage.js";

const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const SECRET = "0123456789-a-secret-that-must-not-show";

/** Throws an error like those of HTTP libraries: it contains the request, and so does its cause. */
function buggyFunction(): never {
  const request = { headers: { authorization: "a-request-that-must-not-show" } };
  const nested = Object.assign(new Error(`socket of ${SECRET} closed`), { request });
  throw Object.assign(new RangeError(`${SECRET} is out of range`, { cause: nested }), { request, response: request });
}

type Records = Provider["operations"]["records"];
type Options = Partial<ConstructorParameters<typeof CallRecordsClient>[0]>;

/** Returns the error of `records`, for a provider or a client with one broken part. */
async function errorOf(
  change: (provider: Provider) => Partial<Provider> & { records?: Partial<Records> },
  options: Options = {},
): Promise<CallRecordsError> {
  const vendor = new AcmeVendor(acmeCalls(NOW));
  const sound: Provider = acme("https://api.acme.example");
  const { records, ...changed } = change(sound);
  const provider: Provider = {
    ...sound,
    secrets: () => [...sound.secrets(), SECRET],
    ...changed,
    operations: { ...sound.operations, records: { ...sound.operations.records, ...records } },
  };
  const transport = {
    send: ({ url }: { url: string }) => {
      const { status, body } = vendor.response(new URL(url));
      return Promise.resolve({ status, headers: {}, text: JSON.stringify(body) });
    },
  };
  const client = new CallRecordsClient({
    transport,
    clock: new HastyClock(),
    timeoutMs: TIMEOUT_MS,
    ...options,
    providers: [provider],
  });
  const error = await rejectionOf(client.records({ ...range, isolateFailures: false }).toArray({ max: 1000 }));
  await client.close();
  if (!(error instanceof CallRecordsError)) throw error;
  return error;
}

function expectSafeCause(error: CallRecordsError): void {
  const { cause } = error;
  expect(cause).toBeInstanceOf(Error);
  const { name, message, stack, cause: nested } = cause as Error;
  expect([name, message]).toEqual(["RangeError", "[redacted] is out of range"]);
  expect(stack).toMatch(
    /^RangeError: \[redacted\] is out of range\n {4}at (?:\w+\.)?buggyFunction .*error-cause\.test/,
  );
  expect(Object.keys(cause as Error)).toEqual([]);
  expect(nested).toMatchObject({ name: "Error", message: "socket of [redacted] closed" });
  for (const shown of [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error)]) {
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain("must-not-show");
  }
  expect(inspect(error)).toMatch(/at (?:\w+\.)?buggyFunction/);
}

const broken: [string, (provider: Provider) => Partial<Provider> & { records?: Partial<Records> }, unknown][] = [
  ["request", () => ({ records: { request: buggyFunction } }), ResponseError],
  ["row", () => ({ records: { row: z.unknown().transform(buggyFunction) } }), ResponseError],
  ["map", () => ({ records: { map: buggyFunction } }), ResponseError],
  ["classify", () => ({ classify: buggyFunction }), ResponseError],
  ["authorize", () => ({ auth: { authorize: buggyFunction } }), AuthenticationError],
  ["send", () => ({ send: buggyFunction }), ResponseError],
];

describe("the cause of an error", () => {
  it.each(broken)("shows where an adapter's %s threw, without secrets and requests", async (_, change, errorClass) => {
    const error = await errorOf(change);
    expect(error).toBeInstanceOf(errorClass);
    expectSafeCause(error);
  });

  it("shows where a transport threw", async () => {
    const error = await errorOf(() => ({}), { transport: { send: () => Promise.resolve().then(buggyFunction) } });
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.attempts).toBe(5);
    expectSafeCause(error);
  });

  it("shows where the function `random` threw", async () => {
    const transport = { send: () => Promise.reject(new Error("down")) };
    const error = await errorOf(() => ({}), { transport, random: buggyFunction });
    expect(error).toBeInstanceOf(ConfigurationError);
    expectSafeCause(error);
  });

  it("is sanitised in a library error that a transport created", async () => {
    const send = () =>
      Promise.resolve()
        .then(buggyFunction)
        .catch((cause: unknown) => {
          throw new NetworkError("The satellite is out of sight.", { retryable: true, cause });
        });
    const error = await errorOf(() => ({}), { transport: { send } });
    expect(error).toMatchObject({ message: "The satellite is out of sight.", attempts: 5 });
    expectSafeCause(error);
  });

  it("shows where a rate limiter threw, if failures are isolated", async () => {
    const rateLimiter = { take: () => Promise.resolve().then(buggyFunction), slowDown: () => undefined };
    const provider: Provider = acme("https://api.acme.example");
    const client = new CallRecordsClient({
      providers: [{ ...provider, secrets: () => [SECRET] }],
      rateLimiter,
      clock: new HastyClock(),
    });
    const stream = client.records({ ...range, isolateFailures: true });
    await stream.toArray({ max: 10 }).catch(() => []);
    expect(JSON.stringify(stream.report())).toContain("[redacted] is out of range");
    expect(JSON.stringify(stream.report())).not.toContain("must-not-show");
    await client.close();
  });

  it("is absent if nothing was thrown, or if the thrown value was not an error", async () => {
    expect(await errorOf(() => ({ records: { map: (() => ({})) as never } }))).not.toHaveProperty("cause");
    const thrown = await errorOf(() => ({
      records: {
        map: () => {
          throw "a text" as unknown as Error;
        },
      },
    }));
    expect(thrown.message).toContain("a value that is not an error");
    expect(thrown.cause).toBeUndefined();
  });
});
