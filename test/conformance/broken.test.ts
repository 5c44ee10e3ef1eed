import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Leg, PreparedRequest, Provider } from "call-records";
import {
  defineProvider,
  type FindCallOperation,
  type HttpResponse,
  type HttpRequest,
  type PageQuery,
  wireId,
  wireText,
  wireUnixSeconds,
} from "call-records/adapter";
import { type ConformanceCheck, conformanceChecks, type ConformanceSubject } from "call-records/testing";
import { share } from "../search.js";
import {
  responseSchema,
  declareSound,
  type Filters,
  classify,
  mapRow,
  type Parts,
  records,
  type Row,
  SECRET,
  soundSubject,
  soundVendor,
} from "./sound.js";

const broken = (parts: Parts) => () => defineProvider(declareSound(parts));
/** Changes the request. */
const asking = (change: (request: HttpRequest, query: PageQuery<Filters>) => HttpRequest) =>
  broken({ records: { request: (query) => change(records.request(query), query) } });

/** A leg to which another participant transferred the call. */
const transferredLeg: Leg = {
  role: "agent",
  number: null,
  agent: null,
  startedAt: null,
  ringingAt: null,
  answeredAt: null,
  endedAt: null,
  talkSeconds: null,
  transferredFrom: "1001",
  transferredTo: null,
  recordings: [],
};

let requests = 0;
let providers = 0;

/** Adapters with one fault, and the check that must fail. */
const faults: { fault: string; provider: () => Provider; check: string }[] = [
  {
    fault: "a window a second too long",
    provider: broken({ records: { window: { unit: "s", maxSeconds: 86_401, end: "exclusive", filtersOn: "start" } } }),
    check: "limits: sends requests within the vendor's limits, for ranges at the limits",
  },
  {
    fault: "a missing retention limit",
    provider: broken({ records: { retentionSeconds: null } }),
    check: "limits: sends requests within the vendor's limits, for ranges at the limits",
  },
  {
    fault: "a page too large",
    provider: broken({ records: { paging: { style: "page", first: 1, size: 21, total: true } } }),
    check: "limits: sends requests within the vendor's limits, for ranges at the limits",
  },
  {
    fault: "pages that count from 0 instead of 1",
    provider: broken({ records: { paging: { style: "page", first: 0, size: 20, total: true } } }),
    check: "paging: returns every call once",
  },
  {
    fault: "a key that is not unique",
    provider: broken({ records: { key: ({ number }) => number ?? "" } }),
    check: "mapping: records: gives each row a unique key",
  },
  {
    fault: "a row that may lack its key",
    provider: broken({ records: { row: lacking(), key: ({ id }) => id } }),
    check: "mapping: records: rejects a row without its key",
  },
  {
    fault: "a mapping that changes its row",
    provider: broken({
      records: {
        map: (row) => {
          row.number = row.number?.replace("555", "666") ?? null;
          return mapRow(row);
        },
      },
    }),
    check: "mapping: records: maps a row to the same value each time, without changing the row",
  },
  {
    fault: "a mapping that returns NaN",
    provider: broken({ records: { map: (row) => ({ ...mapRow(row), talkSeconds: Number("unknown") }) } }),
    check: "mapping: records: maps to a value that is valid, also as JSON",
  },
  {
    fault: "a mapping that returns NaN where a field is absent",
    provider: broken({
      records: { map: (row) => ({ ...mapRow(row), talkSeconds: Number(row.seconds ?? "unknown") }) },
    }),
    check: "mapping: records: reads a row with a missing value, or names the field",
  },
  {
    fault: "a mapping that throws where a field is absent",
    provider: broken({ records: { map: (row) => ({ ...mapRow(row), outcome: outcomeOf(row) }) } }),
    check: "mapping: records: reads a row with a missing value, or names the field",
  },
  {
    fault: "a mapping that takes a value from the partition that the row does not contain",
    provider: broken({
      records: { map: (row, { partition }) => ({ ...mapRow(row), remark: partition.parameters.list ?? null }) },
    }),
    check: "mapping: records: normalizes a stored row to the same record",
  },
  {
    fault: "a queue without an id and a name",
    provider: broken({ records: { map: (row) => ({ ...mapRow(row), queue: { id: null, name: null } }) } }),
    check: "mapping: records: maps to a value that is valid, also as JSON",
  },
  {
    fault: "a key without a value",
    provider: broken({
      records: { map: (row) => ({ ...mapRow(row), menuKeys: [{ key: "", label: null, at: null }] }) },
    }),
    check: "mapping: records: maps to a value that is valid, also as JSON",
  },
  {
    fault: "a leg that was transferred, in a call that was not",
    provider: broken({
      records: { map: (row) => ({ ...mapRow(row), transferred: false, legs: [transferredLeg] }) },
    }),
    check: "mapping: records: maps to a value that is valid, also as JSON",
  },
  {
    fault: "a cost that is no decimal number",
    provider: broken({ records: { map: (row) => ({ ...mapRow(row), cost: { amount: "1e-3", currency: "USD" } }) } }),
    check: "mapping: records: maps to a value that is valid, also as JSON",
  },
  {
    fault: "times that no row has",
    provider: broken({ records: { times: { start: ["at"], others: ["answeredAt"] } } }),
    check: "mapping: records: declares times that its rows have",
  },
  {
    fault: "times read in another zone",
    provider: broken({
      records: { map: (row) => ({ ...mapRow(row), startedAt: new Date(row.at.getTime() + 8 * 3_600_000) }) },
    }),
    check: "paging: returns every call once",
  },
  {
    fault: "a schema that rejects unknown keys",
    provider: broken({ records: { row: strict() } }),
    check: "mapping: records: accepts unknown keys",
  },
  {
    fault: "a schema that rejects numbers as text",
    provider: broken({ records: { row: typed() } }),
    check: "mapping: records: reads numbers written as strings, and strings written as numbers",
  },
  {
    fault: "a schema that rejects unknown codes",
    provider: broken({ records: { row: enumerated() } }),
    check: "mapping: records: accepts unknown codes",
  },
  {
    fault: "a secret in the URL",
    provider: asking((request) => ({ ...request, query: { key: SECRET } })),
    check: "secrets: returns requests without secrets, which only authentication adds",
  },
  {
    fault: "a plain http: URL",
    provider: asking((request) => ({ ...request, url: "http://api.sound.example/calls" })),
    check: "limits: uses an absolute https: URL",
  },
  {
    fault: "a request that differs each time",
    provider: asking((request) => ({ ...request, headers: { "X-Request": String((requests += 1)) } })),
    check: "limits: returns the same request for the same query, without changing the query",
  },
  {
    fault: "a request function that changes its query",
    provider: asking((request, query) => {
      query.page.number += 1;
      return request;
    }),
    check: "limits: returns the same request for the same query, without changing the query",
  },
  {
    fault: "a request that is always for the first page",
    provider: asking((_request, query) => records.request({ ...query, page: { ...query.page, number: 1 } })),
    check: "limits: includes the window, the page and the partition in the request",
  },
  {
    fault: "a window rounded to hours",
    provider: asking((_request, query) => records.request({ ...query, window: roundedToHours(query.window) })),
    check: "limits: includes the window, the page and the partition in the request",
  },
  {
    fault: "an authentication that changes its argument",
    provider: broken({
      provider: {
        auth: {
          authorize: (request) => {
            request.headers["X-Key"] = SECRET;
            return request;
          },
        },
      },
    }),
    check: "limits: authenticates requests without changing the query",
  },
  {
    fault: "an authentication that adds nothing",
    provider: broken({ provider: { auth: { authorize: (request) => request } } }),
    check: "limits: authenticates requests without changing the query",
  },
  {
    fault: "a classification that throws",
    provider: broken({
      provider: {
        classify: (response) =>
          z.object({ code: z.string() }).parse(response.body).code === "ok" ? null : classify(response),
      },
    }),
    check: "classification: classifies any response without throwing",
  },
  {
    fault: "a refusal that is classified as a success",
    provider: broken({
      provider: {
        classify: (response) => (JSON.stringify(response.body ?? null).includes("denied") ? null : classify(response)),
      },
    }),
    check: 'classification: classifies HTTP 200 with {"code":"denied"} as fail permission',
  },
  {
    fault: "a success that is classified as a refusal",
    provider: broken({
      provider: {
        classify: (response) =>
          response.status === 200 && JSON.stringify(response.body ?? null).includes('"total":0')
            ? { type: "fail", error: "vendor", vendorCode: null, message: null }
            : classify(response),
      },
    }),
    check: "classification: classifies the documented responses as successes",
  },
  {
    fault: "a permanent failure that is classified as retryable",
    provider: broken({
      provider: {
        classify: (response) =>
          response.status === 401 ? { type: "retry", vendorCode: null, message: null } : classify(response),
      },
    }),
    check: "classification: classifies an HTTP status without a body",
  },
  {
    fault: "partitions that repeat",
    provider: broken({
      records: { partitions: (filters) => [...records.partitions(filters), ...records.partitions(filters)] },
    }),
    check: "contract: declares at least one partition, and each once",
  },
  {
    fault: "a missing partition",
    provider: broken({ records: { partitions: (filters) => records.partitions(filters).slice(1) } }),
    check: "paging: returns every call once",
  },
  {
    fault: "a direction sent to a list that contains only some of its calls",
    provider: asking((_request, query) =>
      records.request(
        query.direction === "inbound"
          ? { ...query, partition: { application: null, parameters: { list: "out" } } }
          : query,
      ),
    ),
    check: "paging: returns every call of a requested direction",
  },
  {
    fault: "a total misread",
    provider: broken({
      records: { responseSchema: responseSchema.transform((page) => ({ ...page, total: page.rows.length })) },
    }),
    check: "paging: has a vendor with more than one page of settled calls",
  },
  {
    fault: "a time zone that does not exist",
    provider: broken({ provider: { timeZone: "Asia/Nowhere" } }),
    check: "contract: declares a time zone, a rate and durations",
  },
  {
    fault: "state that is shared between providers",
    provider: () =>
      defineProvider(declareSound({ provider: { rate: { requestsPerSecond: (providers += 1), concurrency: 1 } } })),
    check: "contract: is the same each time it is created",
  },
  {
    fault: "secrets that are not declared",
    provider: broken({ provider: { secrets: () => [] } }),
    check: "secrets: declares its secrets",
  },
  {
    fault: "secrets that are printed",
    provider: () => ({ ...declareSound(), credentials: { secret: SECRET } }),
    check: "secrets: does not print its secrets",
  },
];

const counting = (total: (page: { total: number | null; rows: unknown[] }) => number | null) =>
  broken({ records: { responseSchema: responseSchema.transform((page) => ({ ...page, total: total(page) })) } });
const INCOMPLETE = "IncompleteError: sound: calls does not add up";
const REFUSED = "RequestError: sound: calls was refused (beyond the limits)";

/** Faults that end a read with an error that does not mention the adapter, and the advice that the check adds. */
const misread: { fault: string; provider: () => Provider; reason: string; advice: string }[] = [
  {
    fault: "a first page number below the vendor's",
    provider: broken({ records: { paging: { style: "page", first: 0, size: 20, total: true } } }),
    reason: REFUSED,
    advice: "`paging.first` (0: the vendor may count from 1)",
  },
  {
    fault: "a first page number above the vendor's",
    provider: asking((_request, query) =>
      records.request({ ...query, page: { ...query.page, number: query.page.number + 1 } }),
    ),
    reason: INCOMPLETE,
    advice: "`paging.first` (1: the vendor may count from 0)",
  },
  {
    fault: "a page too large",
    provider: broken({ records: { paging: { style: "page", first: 1, size: 21, total: true } } }),
    reason: REFUSED,
    advice: "`paging.size` (21: the vendor may return fewer)",
  },
  {
    fault: "a total too high",
    provider: counting(({ total }) => (total ?? 0) + 1),
    reason: INCOMPLETE,
    advice: "`total` that `responseSchema` returns, which must count the rows of the whole window",
  },
  {
    fault: "offsets of a vendor that counts pages",
    provider: broken({
      records: {
        paging: { style: "offset", size: 20, total: true },
        request: (query) => records.request({ ...query, page: { ...query.page, number: query.page.offset } }),
      },
    }),
    reason: REFUSED,
    advice: "`page.offset` (rows, counted from 0)",
  },
  {
    fault: "a cursor that always leads to the first page",
    provider: broken({
      records: {
        paging: { style: "cursor", size: 20, total: false },
        responseSchema: responseSchema.transform((page) => ({ ...page, total: null, next: "2" })),
        request: (query) => records.request({ ...query, page: { ...query.page, number: 1 } }),
      },
    }),
    reason: "ResponseError: sound: calls cannot be read to its end",
    advice: "`next` that `responseSchema` returns, which must be null on the last page only",
  },
  {
    fault: "a list read as if it had no pages",
    provider: broken({ records: { paging: { style: "none" } } }),
    reason: REFUSED,
    advice: "`paging.style`: the vendor may return its rows in pages",
  },
  {
    fault: "an authentication that the vendor rejects",
    provider: broken({
      provider: {
        auth: {
          authorize: (request, { now }) => ({
            ...request,
            headers: { ...request.headers, "X-Time": String(now.getTime()), "X-Signature": "signed-with-another-key" },
          }),
        },
      },
    }),
    reason: "PermissionError: sound",
    advice: "Compare `auth` and the credentials",
  },
];

function strict() {
  return z.strictObject({
    id: wireId,
    list: wireText,
    at: wireUnixSeconds.pipe(z.date()),
    number: wireText,
    seconds: z.number(),
    ending: wireText,
  });
}

function typed() {
  return z.object({
    id: wireId,
    list: wireText,
    at: wireUnixSeconds.pipe(z.date()),
    number: wireText,
    seconds: z.number(),
    ending: wireText,
  });
}

function enumerated() {
  return z.object({
    id: wireId,
    list: wireText,
    at: wireUnixSeconds.pipe(z.date()),
    number: wireText,
    seconds: z.coerce.number(),
    ending: z.enum(["1", "2"]),
  });
}

function lacking() {
  return typed().extend({ id: wireText.transform((id) => id ?? "none") });
}

function outcomeOf({ ending }: Row) {
  if (ending === null) throw new TypeError("A call without an ending.");
  return "answered" as const;
}

function roundedToHours(window: PageQuery<Filters>["window"]): PageQuery<Filters>["window"] {
  const hour = (instant: Date, round: (value: number) => number) =>
    new Date(round(instant.getTime() / 3_600_000) * 3_600_000);
  return window === null ? null : { start: hour(window.start, Math.floor), end: hour(window.end, Math.ceil) };
}

const nameOf = ({ group, name }: ConformanceCheck) => `${group}: ${name}`;

/** Returns the checks that fail, with their messages. */
async function failures(subject: ConformanceSubject): Promise<{ check: string; message: string }[]> {
  const failed: { check: string; message: string }[] = [];
  for (const check of conformanceChecks(subject)) {
    try {
      await check.run();
    } catch (error) {
      failed.push({ check: nameOf(check), message: String(error) });
    }
  }
  return failed;
}

async function failing(provider: () => Provider): Promise<string[]> {
  return (await failures(soundSubject(provider))).map(({ check }) => check);
}

describe("the conformance suite", () => {
  it("finds nothing wrong with a sound adapter", async () => {
    expect(await failing(() => defineProvider(declareSound()))).toEqual([]);
  });

  it.each(share(faults, 1))("finds $fault", async ({ provider, check }) => {
    expect(await failing(provider)).toContain(check);
  });

  it.each(share(misread, 1))(
    "reports the error and the advice for $fault, in each check that reads",
    async ({ provider, reason, advice }) => {
      const unread = (await failures(soundSubject(provider))).filter(({ message }) => message.includes(reason));
      expect(unread.length).toBeGreaterThanOrEqual(11);
      for (const { check, message } of unread) {
        expect(message.indexOf(advice), `${check}: ${message}`).toBeGreaterThan(message.indexOf(reason));
      }
    },
  );
});

describe("the conformance suite, for an adapter that sends its key unchanged", () => {
  const KEY = "key-0123456789";
  const encoded = Buffer.from(`me:${KEY.slice(0, 4)}`).toString("base64");
  const named = (
    name: string,
    sent: (request: PreparedRequest) => PreparedRequest,
    secrets: string[],
    checks: string[],
  ) => ({ name, sent, secrets, checks });
  const adding =
    (value: string, name = "X-Key") =>
    (request: PreparedRequest) => ({ ...request, headers: { ...request.headers, [name]: value } });
  const inQuery = (value: string) => (request: PreparedRequest) => {
    const url = new URL(request.url);
    url.searchParams.set("key", value);
    return { ...request, url: url.href };
  };
  const [DECLARES, RECOGNIZED] = [
    "secrets: declares its secrets",
    "secrets: declares the key that it sends, or sends one that is recognized by its length",
  ] as const;

  const keys = [
    named("a short key, declared", adding(KEY), [KEY], []),
    named("a short key, none declared", adding(KEY), [], [DECLARES, RECOGNIZED]),
    named("a short key, another declared", adding(KEY), ["the-id-of-the-account"], [RECOGNIZED]),
    named("a short key in the query, declared", inQuery("key'01 234&5"), ["key'01 234&5"], []),
    named("a short key in the query, another declared", inQuery(KEY), ["the-id-of-the-account"], [RECOGNIZED]),
    named(
      "a short password in Base64, declared as it is typed",
      adding(`Basic ${encoded}`, "Authorization"),
      [KEY.slice(0, 4)],
      [RECOGNIZED],
    ),
    named(
      "a short password in Base64, declared as it is sent",
      adding(`Basic ${encoded}`, "Authorization"),
      [encoded.replace(/=+$/, "")],
      [],
    ),
    named("a key that is recognized by its length", adding(`${KEY}-${KEY}`), ["the-id-of-the-account"], []),
  ];

  it.each(share(keys, 1))("finds the fault of $name", async ({ sent, secrets, checks: expected }) => {
    const subject = soundSubject(() =>
      defineProvider(declareSound({ provider: { auth: { authorize: sent }, secrets: () => secrets } })),
    );
    const open = () => {
      const vendor = soundVendor();
      return {
        ...vendor,
        respond: (request: PreparedRequest, now: Date) => vendor.respond(signed(request, now), now),
      };
    };
    expect((await failures({ ...subject, vendor: open })).map(({ check }) => check)).toEqual(expected);
  });

  /** Returns the request with the signature that the sound vendor requires. */
  function signed(request: PreparedRequest, now: Date): PreparedRequest {
    const { auth } = declareSound();
    const verified = auth?.authorize({ ...request, url: request.url.replace(/\?.*/, "") }, { now, token: null });
    if (verified === undefined || verified instanceof Promise)
      throw new TypeError("The sound adapter signs synchronously.");
    return verified;
  }
});

describe("the conformance suite, for several lookups", () => {
  const lookup = (name: string, key: string): FindCallOperation => ({
    type: "lookup",
    name,
    keys: z.object({ [key]: z.string() }),
    request: () => ({ method: "GET", url: `https://api.sound.example/${name}` }),
    responseSchema: z.unknown(),
    row: z.object({ id: wireId }),
    map: () => ({
      ...mapRow({ id: "7", list: "in", at: new Date(0), number: null, seconds: null, ending: null }),
      startedAt: null,
    }),
  });
  const HAS_EXAMPLES = "contract: has an example for each of its operations";
  it.each<{ fault: string; keys: string[]; examples: string[]; failed: string[] }>([
    { fault: "nothing wrong", keys: ["id", "number"], examples: ["id", "number"], failed: [] },
    { fault: "a lookup without an example", keys: ["id", "number"], examples: ["id"], failed: [HAS_EXAMPLES] },
    { fault: "a lookup that an earlier one hides", keys: ["id", "id"], examples: ["id", "id"], failed: [HAS_EXAMPLES] },
  ])("finds $fault", async ({ keys, examples, failed: expected }) => {
    const declared = declareSound();
    const findCall = keys.map((key, place) => lookup(`lookup-${place}`, key));
    const subject = soundSubject(() =>
      defineProvider({ ...declared, operations: { ...declared.operations, findCall } }),
    );
    const checks = conformanceChecks({
      ...subject,
      examples: {
        ...subject.examples,
        findCall: examples.map((key) => ({ keys: { [key]: "7" }, response: { id: "7" } })),
      },
    });
    const failed: string[] = [];
    for (const one of checks.filter(({ name }) => name.startsWith("findCall") || HAS_EXAMPLES.endsWith(name))) {
      try {
        await one.run();
      } catch {
        failed.push(nameOf(one));
      }
    }
    expect(failed).toEqual(expected);
  });
});

describe("the conformance suite, for a lookup whose vendor responds with 404 for an unknown call", () => {
  const response = { id: "7" };
  const [READS, REJECTS] = [
    "mapping: findCall: reads the documented responses",
    "mapping: findCall: rejects invalid responses without throwing",
  ] as const;
  const lookups: { fault: string; isNotFound?: (response: HttpResponse) => boolean; checks: string[] }[] = [
    { fault: "nothing wrong", isNotFound: ({ status }) => status === 404, checks: [] },
    { fault: "404 classified as a failure", checks: [READS] },
    {
      fault: "a call mistaken for a missing one",
      isNotFound: ({ status }) => status === 404 || status === 200,
      checks: [READS, REJECTS],
    },
    {
      fault: "every refusal mistaken for a missing call",
      isNotFound: ({ status }) => status !== 200,
      checks: [REJECTS],
    },
  ];

  it.each(share(lookups, 1))("finds $fault", async ({ isNotFound, checks: expected }) => {
    const lookup: FindCallOperation<{ id: string }> = {
      type: "lookup",
      name: "call",
      keys: z.strictObject({ id: z.string() }),
      request: ({ id }) => ({ method: "GET", url: `https://api.sound.example/calls/${id}` }),
      responseSchema: z.unknown(),
      row: z.object({ id: wireId }),
      map: () => ({
        ...mapRow({ id: "7", list: "in", at: new Date(0), number: null, seconds: null, ending: null }),
        startedAt: null,
      }),
      ...(isNotFound === undefined ? {} : { isNotFound }),
    };
    const declared = declareSound();
    const provider = () => defineProvider({ ...declared, operations: { ...declared.operations, findCall: lookup } });
    const subject = soundSubject(provider);
    const checks = conformanceChecks({
      ...subject,
      examples: {
        ...subject.examples,
        findCall: { keys: { id: "7" }, response, missing: { code: "none" }, missingStatus: 404 },
      },
    });
    const failed: string[] = [];
    for (const one of checks.filter(({ name }) => name.startsWith("findCall"))) {
      try {
        await one.run();
      } catch {
        failed.push(nameOf(one));
      }
    }
    expect(failed).toEqual(expected);
  });
});
