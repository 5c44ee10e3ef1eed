import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import {
  type AccountReport,
  type CallRecord,
  callRecordSchema,
  CallRecordsClient,
  type CallRecordsError,
  type ClientEvent,
  type ClientOptions,
  ConfigurationError,
  type FindCallQuery,
  type FoundCall,
  huaweiCec,
  type HuaweiCecProvider,
  itniotech,
  type ItniotechProvider,
  MemoryCheckpointStore,
  type ProbedOptions,
  type ProbeReport,
  type Provider,
  type ProviderFilters,
  type RecordsQuery,
  type RecordStream,
  RequestError,
  type SyncBatch,
  tencentCcc,
  type TencentCccProvider,
  type UsageSummary,
  usageSummarySchema,
} from "call-records";

// `tsc --noEmit` checks these types. At run time, the tests check that the library behaves as the types state.

const tencent = tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1_400_000_000] });
const huawei = huaweiCec({ appKey: "key", appSecret: "secret" });
const itnio = itniotech({ apiKey: "key", apiSecret: "secret" });
const client = new CallRecordsClient({ providers: [tencent, huawei, itnio] });
const range = { from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" };

type IsAny<T> = 0 extends 1 & T ? true : false;
/** True if one of our types contains `any`, up to five levels deep. Types of the platform are not checked. */
type ContainsAny<T, Depth extends unknown[] = []> =
  IsAny<T> extends true
    ? true
    : Depth["length"] extends 5
      ? false
      : T extends (...args: infer Args) => infer Result
        ? ContainsAny<Args[number], [...Depth, 0]> | ContainsAny<Result, [...Depth, 0]>
        : T extends Date | AbortSignal
          ? false
          : T extends readonly (infer Element)[]
            ? ContainsAny<Element, [...Depth, 0]>
            : T extends object
              ? { [Key in keyof T]-?: ContainsAny<T[Key], [...Depth, 0]> }[keyof T]
              : false;

describe("providerFilters", () => {
  it("have the types of each vendor, by its id", () => {
    type Filters = ProviderFilters<TencentCccProvider | HuaweiCecProvider | ItniotechProvider>;
    expectTypeOf<keyof Filters>().toEqualTypeOf<"tencent-ccc" | "huawei-cec" | "itniotech">();
    expectTypeOf<keyof NonNullable<Filters["huawei-cec"]>>().toEqualTypeOf<"taskType" | "caller">();
    expectTypeOf<NonNullable<Filters["itniotech"]>["hangupReason"]>().toEqualTypeOf<number[] | undefined>();
    expect(() =>
      client.records({
        ...range,
        providerFilters: { "huawei-cec": { taskType: "3" }, itniotech: { hangupReason: [7] } },
      }),
    ).not.toThrow();
  });

  it("with a misspelt name are rejected", () => {
    // @ts-expect-error -- the name has one wrong letter
    expect(() => client.records({ ...range, providerFilters: { "huawei-cec": { tasktype: "3" } } })).toThrow(
      RequestError,
    );
  });

  it("of another vendor are rejected", () => {
    // @ts-expect-error -- `taskType` is Huawei's
    expect(() => client.records({ ...range, providerFilters: { itniotech: { taskType: "3" } } })).toThrow(RequestError);
  });

  it("for a vendor that the client does not have are rejected", () => {
    const alone = new CallRecordsClient({ providers: [itnio] });
    // @ts-expect-error -- there is no such provider
    expect(() => alone.records({ ...range, providerFilters: { "huawei-cec": { taskType: "3" } } })).toThrow(
      RequestError,
    );
  });

  it("with a value that the vendor does not know are rejected", () => {
    // @ts-expect-error -- there are task types 0 to 4
    expect(() => client.records({ ...range, providerFilters: { "huawei-cec": { taskType: "9" } } })).toThrow(
      RequestError,
    );
  });
});

describe("the keys of findCall", () => {
  it("have the types of each vendor", () => {
    expectTypeOf<{ account: string; sessionId: string }>().toExtend<FindCallQuery<TencentCccProvider>>();
    expectTypeOf<{ account: string; callId: string; userId: string; tenantId: string; agentId: string }>().toExtend<
      FindCallQuery<HuaweiCecProvider>
    >();
    expectTypeOf<{ account: string; callId: string }>().not.toExtend<FindCallQuery<HuaweiCecProvider>>();
    expectTypeOf<{ account: string; sessionId: string }>().not.toExtend<FindCallQuery<HuaweiCecProvider>>();
    expectTypeOf<{ account: string; callSerialNo: string; from: Date }>().toExtend<FindCallQuery<HuaweiCecProvider>>();
    expectTypeOf<{ account: string; keyId: string; from: Date; to: string }>().toExtend<
      FindCallQuery<ItniotechProvider>
    >();
    expectTypeOf<{ account: string; sessionId: string }>().not.toExtend<FindCallQuery<ItniotechProvider>>();
    expectTypeOf<Awaited<ReturnType<typeof client.findCall>>>().toEqualTypeOf<FoundCall | null>();
  });

  it("are required", async () => {
    // @ts-expect-error -- the key of its vendor is missing
    await expect(client.findCall({ account: "tencent-ccc" })).rejects.toBeInstanceOf(RequestError);
  });
});

describe("schemas", () => {
  it("infer the same types as the interfaces", () => {
    expectTypeOf<z.output<typeof callRecordSchema>>().toExtend<CallRecord>();
    expectTypeOf<CallRecord>().toExtend<z.output<typeof callRecordSchema>>();
    expectTypeOf<keyof z.output<typeof callRecordSchema>>().toEqualTypeOf<keyof CallRecord>();
    expectTypeOf<Omit<z.output<typeof callRecordSchema>, "raw">>().toEqualTypeOf<Omit<CallRecord, "raw">>();
    expectTypeOf<z.output<typeof usageSummarySchema>>().toEqualTypeOf<UsageSummary>();
    expect(callRecordSchema.safeParse({}).success || usageSummarySchema.safeParse({}).success).toBe(false);
  });
});

describe("public types", () => {
  it("contain no any", () => {
    expectTypeOf<
      ContainsAny<CallRecord | FoundCall | UsageSummary | AccountReport | ClientEvent>
    >().toEqualTypeOf<false>();
    expectTypeOf<ContainsAny<ProbeReport>>().toEqualTypeOf<false>();
    expectTypeOf<ContainsAny<CallRecordsError>>().toEqualTypeOf<false>();
    expectTypeOf<
      ContainsAny<RecordsQuery<TencentCccProvider | HuaweiCecProvider | ItniotechProvider>>
    >().toEqualTypeOf<false>();
    expectTypeOf<
      ContainsAny<Pick<Provider, "id" | "account" | "rate" | "classify" | "secrets">>
    >().toEqualTypeOf<false>();
    expectTypeOf<ContainsAny<{ a: { b: { c: ReturnType<typeof JSON.parse> }[] } }>>().toEqualTypeOf<true>();
  });

  it("include streams and arrays of records", () => {
    const stream = client.records(range);
    expectTypeOf(stream).toEqualTypeOf<RecordStream>();
    expectTypeOf<RecordStream>().toExtend<AsyncIterable<CallRecord>>();
    expectTypeOf<Awaited<ReturnType<RecordStream["toArray"]>>>().toEqualTypeOf<CallRecord[]>();
    expect(stream.report().accounts.map(({ account }) => account)).toEqual(["tencent-ccc", "huawei-cec", "itniotech"]);
  });

  it("reject a misspelt or missing option", () => {
    expectTypeOf<ClientOptions<ItniotechProvider>["timeoutMs"]>().toEqualTypeOf<number | undefined>();
    // @ts-expect-error -- the name has one wrong letter
    expect(() => new CallRecordsClient({ providers: [itnio], timeoutMS: 1 })).toThrow(ConfigurationError);
    // @ts-expect-error -- the secret is missing
    expect(() => itniotech({ apiKey: "key" })).toThrow(ConfigurationError);
  });
});

describe("probe", () => {
  it("returns options that every built-in provider accepts", () => {
    expectTypeOf<Awaited<ReturnType<typeof client.probe>>>().toEqualTypeOf<ProbeReport>();
    const options: ProbedOptions = { filtersOn: "start", windowEnd: "exclusive" };
    expect(() =>
      tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1_400_000_000], ...options }),
    ).not.toThrow();
    expect(() => huaweiCec({ appKey: "key", appSecret: "secret", ...options })).not.toThrow();
    expect(() => itniotech({ apiKey: "key", apiSecret: "secret", ...options })).not.toThrow();
    // @ts-expect-error -- a probe may find `end`, but the option does not accept it
    expect(() => itniotech({ apiKey: "key", apiSecret: "secret", filtersOn: "end" })).toThrow(ConfigurationError);
  });
});

describe("sync", () => {
  it("accepts either a store or the caller's checkpoints", () => {
    const store = new MemoryCheckpointStore();
    expect(() => client.sync({ from: range.from, store })).not.toThrow();
    expect(() => client.sync({ from: range.from, checkpoint: null })).not.toThrow();
    // @ts-expect-error -- neither is given
    expect(() => client.sync({ from: range.from })).toThrow(RequestError);
    // @ts-expect-error -- both are given
    expect(() => client.sync({ from: range.from, store, checkpoint: null })).toThrow(RequestError);
    expectTypeOf<ContainsAny<Omit<SyncBatch, "commit">>>().toEqualTypeOf<false>();
  });
});
