import { afterEach, describe, expect, it, vi } from "vitest";
import {
  AuthenticationError,
  CallRecordsClient,
  type CallRecordsError,
  type ClientOptions,
  ConfigurationError,
  MemoryCheckpointStore,
  NetworkError,
  type Provider,
  ResponseError,
} from "call-records";
import type { Auth, HttpRequest } from "call-records/adapter";
import { HastyClock, TIMEOUT_MS } from "../hostile/hasty-clock.js";
import {
  daysAgo,
  detailsOf,
  huaweiAt,
  itniotechAt,
  openEmulator,
  RATE,
  rejectionOf,
  tencentAt,
  thrownBy,
} from "./stage.js";

const range = { from: daysAgo(10), to: daysAgo(4) };
const SECRET = "0123456789-a-secret-that-must-not-show";

/** Returns the error that Node throws for MD5 in FIPS mode. */
function openSslError(): Error {
  return Object.assign(new Error("error:0308010C:digital envelope routines::unsupported"), {
    opensslErrorStack: ["error:03000086"],
    library: "digital envelope routines",
    code: "ERR_OSSL_EVP_UNSUPPORTED",
  });
}

function fail(): never {
  throw openSslError();
}

const reject = () => Promise.reject(openSslError());

const auths: [string, Auth, new (message: string) => CallRecordsError][] = [
  ["authorize throws", { authorize: fail }, AuthenticationError],
  ["authorize rejects", { authorize: reject }, AuthenticationError],
  [
    "authorize throws a value that is not an error",
    {
      authorize: () => {
        throw "a text" as unknown as Error;
      },
    },
    AuthenticationError,
  ],
  ["authorize returns nothing", { authorize: () => undefined as never }, AuthenticationError],
];

async function open(change: (provider: Provider) => Partial<Provider>, options: Partial<ClientOptions> = {}) {
  const emulator = await openEmulator({ days: 12, callsPerDay: 10 });
  const good: Provider[] = [tencentAt(emulator), huaweiAt(emulator)];
  const sound: Provider = itniotechAt(emulator, { rate: { ...RATE, concurrency: 1 } });
  const bad: Provider = { ...sound, secrets: () => [...sound.secrets(), SECRET], ...change(sound) };
  return {
    emulator,
    client: new CallRecordsClient({
      providers: [...good, bad],
      clock: new HastyClock(),
      timeoutMs: TIMEOUT_MS,
      ...options,
    }),
  };
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** Checks that the other accounts are complete, and that this one failed with an error of the library. */
async function expectIsolated(client: CallRecordsClient, code: string): Promise<void> {
  const stream = client.records({ ...range, isolateFailures: true });
  expect((await stream.toArray({ max: 10_000 })).length).toBeGreaterThan(50);
  const [tencent, huawei, bad] = stream.report().accounts;
  expect([tencent?.status, huawei?.status]).toEqual(["complete", "complete"]);
  expect(bad).toMatchObject({ account: "itniotech", error: { code, account: "itniotech" } });
  expect(bad?.coverage).toEqual([]);
  await client.close();
}

describe.each(auths)("an adapter whose %s", (_, auth, errorClass) => {
  it("fails with a typed error", async () => {
    const { client } = await open(() => ({ auth }));
    const error = await rejectionOf(client.records(range).toArray({ max: 10_000 }));
    expect(error).toBeInstanceOf(errorClass);
    expect(detailsOf(error)).toMatchObject({ provider: "itniotech", account: "itniotech", retryable: false });
    expect(error.message).toContain("`authorize`");
    expect(error).not.toHaveProperty("opensslErrorStack");
  });

  it("fails only its account if failures are isolated", async () => {
    const { client } = await open(() => ({ auth }));
    await expectIsolated(client, "authentication");
  });
});

describe("an adapter", () => {
  it("whose send throws fails only its account, with a ResponseError", async () => {
    const { client } = await open(() => ({ send: fail }));
    await expectIsolated(client, "response");
    const again = await open(() => ({ send: reject }));
    expect(await rejectionOf(again.client.records(range).toArray({ max: 10 }))).toBeInstanceOf(ResponseError);
  });

  it("whose classify throws fails only its account", async () => {
    await expectIsolated((await open(() => ({ classify: fail }))).client, "response");
  });

  it("whose request has an invalid URL fails only its account", async () => {
    const { client } = await open(({ operations }) => ({
      operations: {
        ...operations,
        records: { ...operations.records, request: (): HttpRequest => ({ method: "GET", url: "nowhere" }) },
      },
    }));
    await expectIsolated(client, "response");
  });

  it("whose request for a token throws fails only its account", async () => {
    const token = { key: "k", request: fail, responseSchema: undefined as never, defaultTtlSeconds: 60 };
    await expectIsolated(
      (await open(({ auth }) => ({ auth: { ...auth, authorize: fail, token } }))).client,
      "response",
    );
  });

  it("whose secrets throw or are invalid is rejected, without quoting the thrown error", async () => {
    const { client } = await open(() => ({}));
    await client.close();
    const secrets = () => {
      throw new Error(SECRET);
    };
    const emulator = await openEmulator({ days: 0 });
    for (const broken of [secrets, () => "text" as never, () => [5] as never]) {
      const error = thrownBy(
        () => new CallRecordsClient({ providers: [{ ...itniotechAt(emulator), secrets: broken }] }),
      );
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain("`secrets`");
      expect(error.message).not.toContain(SECRET);
    }
  });

  it("that fails exposes no secret", async () => {
    const { client } = await open(() => ({
      auth: {
        authorize: () => {
          throw new Error(`key ${SECRET} is too long`);
        },
      },
    }));
    expect((await rejectionOf(client.records(range).toArray({ max: 10 }))).message).not.toContain(SECRET);
  });
});

describe("a function in the client's options", () => {
  const limiters: [string, Partial<ClientOptions>][] = [
    [
      "a rate limiter that throws",
      {
        rateLimiter: {
          take: (account) =>
            account === "itniotech"
              ? reject()
              : Promise.resolve({ responded: () => undefined, release: () => undefined }),
          slowDown: () => undefined,
        },
      },
    ],
    [
      "a rate limiter that throws when it receives a send time",
      {
        rateLimiter: {
          take: (account) =>
            Promise.resolve({
              responded: () => {
                if (account === "itniotech") fail();
              },
              release: () => undefined,
            }),
          slowDown: () => undefined,
        },
      },
    ],
  ];

  it.each(limiters)("(%s) fails only its account", async (_, options) => {
    await expectIsolated((await open(() => ({}), options)).client, "configuration");
  });

  it("(a token store that throws) fails only its account", async () => {
    const { client } = await open(() => ({}), { tokenStore: { get: reject, set: () => Promise.resolve() } });
    const stream = client.records({ ...range, isolateFailures: true });
    await stream.toArray({ max: 10_000 });
    expect(stream.report().accounts.map(({ account, status }) => [account, status])).toEqual([
      ["tencent-ccc", "complete"],
      ["huawei-cec", "failed"],
      ["itniotech", "complete"],
    ]);
    await client.close();
  });

  it("(a checkpoint store that throws) fails only its account", async () => {
    const memory = new MemoryCheckpointStore();
    const store = {
      load: (account: string) => (account === "itniotech" ? Promise.reject(openSslError()) : memory.load(account)),
      save: memory.save.bind(memory),
      lock: memory.lock.bind(memory),
    };
    const { client } = await open(() => ({}));
    const stream = client.sync({ from: range.from, store, isolateFailures: true });
    await stream.forEach(() => Promise.resolve());
    expect(stream.report().accounts.map(({ account, status }) => [account, status === "failed"])).toEqual([
      ["tencent-ccc", false],
      ["huawei-cec", false],
      ["itniotech", true],
    ]);
    await client.close();
  });

  it("(a transport that never settles and ignores its signal) is ended by the time limits", async () => {
    const transport = { send: () => new Promise<never>(() => undefined) };
    const { client } = await open(() => ({}), { transport });
    const late = await rejectionOf(client.records({ ...range, totalTimeoutMs: TIMEOUT_MS * 3 }).toArray({ max: 10 }));
    expect(late).toMatchObject({ code: "timeout" });
    const stop = new AbortController();
    const stopped = rejectionOf(client.records({ ...range, signal: stop.signal }).toArray({ max: 10 }));
    stop.abort();
    expect(await stopped).toMatchObject({ code: "aborted" });
  });

  it("(a rate limiter whose take returns no permit) causes a ConfigurationError that names it", async () => {
    const rateLimiter = { take: () => Promise.resolve(undefined as never), slowDown: () => undefined };
    const { client } = await open(() => ({}), { rateLimiter });
    const error = await rejectionOf(client.records(range).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain("`rateLimiter`");
    expect(error.message).toContain("`take`");
  });

  it("(a transport that throws) causes a NetworkError after all attempts", async () => {
    let sent = 0;
    const transport = {
      send: () => {
        sent += 1;
        return Promise.reject(new TypeError("fetch failed"));
      },
    };
    const { client } = await open(() => ({}), { transport });
    const error = await rejectionOf(client.records({ ...range, accounts: ["itniotech"] }).toArray({ max: 10 }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ retryable: true, attempts: 5, account: "itniotech" });
    expect(error.message).toContain("`transport`");
    expect(sent).toBe(5);
  });

  it.each([() => Number.NaN, () => -1, () => 2, () => undefined as never, fail])(
    "(a random %s) causes a ConfigurationError when it is used",
    async (random) => {
      const { emulator, client } = await open(() => ({}), { random });
      emulator.inject("http-503", { vendor: "itniotech" });
      const error = await rejectionOf(client.records({ ...range, accounts: ["itniotech"] }).toArray({ max: 10_000 }));
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain("option `random`");
    },
  );

  it("(an onEvent that rejects) does not affect the call, and causes a warning", async () => {
    const warnings: string[] = [];
    vi.spyOn(process, "emitWarning").mockImplementation((warning) => {
      warnings.push(String(warning));
    });
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const { client } = await open(() => ({}), {
      // eslint-disable-next-line @typescript-eslint/no-misused-promises -- plain JavaScript can do this
      onEvent: async () => {
        await Promise.resolve();
        throw new Error("the log is full");
      },
    });
    expect((await client.records(range).toArray({ max: 10_000 })).length).toBeGreaterThan(50);
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(warnings[0]).toContain("the log is full");
    await client.close();
  });
});
