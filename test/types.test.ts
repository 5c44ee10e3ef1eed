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

// What is written here is checked by `tsc --noEmit`; what runs shows that the types tell the truth.

const tencent = tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1_400_000_000] });
const huawei = huaweiCec({ appKey: "key", appSecret: "secret" });
const itnio = itniotech({ apiKey: "key", apiSecret: "secret" });
const client = new CallRecordsClient({ providers: [tencent, huawei, itnio] });
const range = { from: "2026-11-01T00:00:00Z", to: "2026-11-02T00:00:00Z" };

/** True where `any` stands anywhere in a type of ours, a few steps deep; the platform's own types are left alone. */
type IsAny<T> = 0 extends 1 & T ? true : false;
type HoldsAny<T, Depth extends unknown[] = []> =
  IsAny<T> extends true
    ? true
    : Depth["length"] extends 5
      ? false
      : T extends (...args: infer Args) => infer Result
        ? HoldsAny<Args[number], [...Depth, 0]> | HoldsAny<Result, [...Depth, 0]>
        : T extends Date | AbortSignal
          ? false
          : T extends readonly (infer Element)[]
            ? HoldsAny<Element, [...Depth, 0]>
            : T extends object
              ? { [Key in keyof T]-?: HoldsAny<T[Key], [...Depth, 0]> }[keyof T]
              : false;

describe("providerFilters", () => {
  it("are each vendor's own, by its id", () => {
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

  it("of another name are refused", () => {
    // @ts-expect-error -- the name is wrong by a letter
    expect(() => client.records({ ...range, providerFilters: { "huawei-cec": { tasktype: "3" } } })).toThrow(
      RequestError,
    );
  });

  it("of another vendor are refused", () => {
    // @ts-expect-error -- `taskType` is Huawei's
    expect(() => client.records({ ...range, providerFilters: { itniotech: { taskType: "3" } } })).toThrow(RequestError);
  });

  it("for a vendor that the client does not have are refused", () => {
    const alone = new CallRecordsClient({ providers: [itnio] });
    // @ts-expect-error -- there is no such provider
    expect(() => alone.records({ ...range, providerFilters: { "huawei-cec": { taskType: "3" } } })).toThrow(
      RequestError,
    );
  });

  it("of a value that the vendor does not know are refused", () => {
    // @ts-expect-error -- there are task types 0 to 4
    expect(() => client.records({ ...range, providerFilters: { "huawei-cec": { taskType: "9" } } })).toThrow(
      RequestError,
    );
  });
});

describe("the keys of findCall", () => {
  it("are each vendor's own", () => {
    expectTypeOf<{ account: string; sessionId: string }>().toExtend<FindCallQuery<TencentCccProvider>>();
    expectTypeOf<{ account: string; callId: string; userId: string; tenantId: string; agentId: string }>().toExtend<
      FindCallQuery<HuaweiCecProvider>
    >();
    expectTypeOf<{ account: string; callId: string }>().not.toExtend<FindCallQuery<HuaweiCecProvider>>();
    expectTypeOf<{ account: string; sessionId: string }>().not.toExtend<FindCallQuery<HuaweiCecProvider>>();
    expectTypeOf<FindCallQuery<ItniotechProvider>>().toBeNever();
    expectTypeOf<Awaited<ReturnType<typeof client.findCall>>>().toEqualTypeOf<FoundCall | null>();
  });

  it("must be there", async () => {
    // @ts-expect-error -- the key of its vendor is missing
    await expect(client.findCall({ account: "tencent-ccc" })).rejects.toBeInstanceOf(RequestError);
  });
});

describe("schemas", () => {
  it("are inferred to be what the interfaces say", () => {
    expectTypeOf<z.output<typeof callRecordSchema>>().toExtend<CallRecord>();
    expectTypeOf<CallRecord>().toExtend<z.output<typeof callRecordSchema>>();
    expectTypeOf<keyof z.output<typeof callRecordSchema>>().toEqualTypeOf<keyof CallRecord>();
    expectTypeOf<Omit<z.output<typeof callRecordSchema>, "raw">>().toEqualTypeOf<Omit<CallRecord, "raw">>();
    expectTypeOf<z.output<typeof usageSummarySchema>>().toEqualTypeOf<UsageSummary>();
    expect(callRecordSchema.safeParse({}).success || usageSummarySchema.safeParse({}).success).toBe(false);
  });
});

describe("public types", () => {
  it("hold no any", () => {
    expectTypeOf<
      HoldsAny<CallRecord | FoundCall | UsageSummary | AccountReport | ClientEvent>
    >().toEqualTypeOf<false>();
    expectTypeOf<HoldsAny<ProbeReport>>().toEqualTypeOf<false>();
    expectTypeOf<HoldsAny<CallRecordsError>>().toEqualTypeOf<false>();
    expectTypeOf<
      HoldsAny<RecordsQuery<TencentCccProvider | HuaweiCecProvider | ItniotechProvider>>
    >().toEqualTypeOf<false>();
    expectTypeOf<HoldsAny<Pick<Provider, "id" | "account" | "rate" | "classify" | "secrets">>>().toEqualTypeOf<false>();
    expectTypeOf<HoldsAny<{ a: { b: { c: ReturnType<typeof JSON.parse> }[] } }>>().toEqualTypeOf<true>();
  });

  it("give records, batches and arrays of records", () => {
    const stream = client.records(range);
    expectTypeOf(stream).toEqualTypeOf<RecordStream>();
    expectTypeOf<RecordStream>().toExtend<AsyncIterable<CallRecord>>();
    expectTypeOf<Awaited<ReturnType<RecordStream["toArray"]>>>().toEqualTypeOf<CallRecord[]>();
    expect(stream.report().accounts.map(({ account }) => account)).toEqual(["tencent-ccc", "huawei-cec", "itniotech"]);
  });

  it("refuse an option of another name", () => {
    expectTypeOf<ClientOptions<ItniotechProvider>["timeoutMs"]>().toEqualTypeOf<number | undefined>();
    // @ts-expect-error -- the name is wrong by a letter
    expect(() => new CallRecordsClient({ providers: [itnio], timeoutMS: 1 })).toThrow(ConfigurationError);
    // @ts-expect-error -- the secret is missing
    expect(() => itniotech({ apiKey: "key" })).toThrow(ConfigurationError);
  });
});

describe("probe", () => {
  it("answers options that every provider of ours takes", () => {
    expectTypeOf<Awaited<ReturnType<typeof client.probe>>>().toEqualTypeOf<ProbeReport>();
    const options: ProbedOptions = { filtersOn: "start", windowEnd: "exclusive" };
    expect(() =>
      tencentCcc({ secretId: "id", secretKey: "key", sdkAppIds: [1_400_000_000], ...options }),
    ).not.toThrow();
    expect(() => huaweiCec({ appKey: "key", appSecret: "secret", ...options })).not.toThrow();
    expect(() => itniotech({ apiKey: "key", apiSecret: "secret", ...options })).not.toThrow();
    // @ts-expect-error -- a probe may find it, and no option says it
    expect(() => itniotech({ apiKey: "key", apiSecret: "secret", filtersOn: "end" })).toThrow(ConfigurationError);
  });
});

describe("sync", () => {
  it("takes a store, or the caller's own checkpoints, and never both or neither", () => {
    const store = new MemoryCheckpointStore();
    expect(() => client.sync({ from: range.from, store })).not.toThrow();
    expect(() => client.sync({ from: range.from, checkpoint: null })).not.toThrow();
    // @ts-expect-error -- nobody keeps them
    expect(() => client.sync({ from: range.from })).toThrow(RequestError);
    // @ts-expect-error -- two keep them
    expect(() => client.sync({ from: range.from, store, checkpoint: null })).toThrow(RequestError);
    expectTypeOf<HoldsAny<Omit<SyncBatch, "commit">>>().toEqualTypeOf<false>();
  });
});
