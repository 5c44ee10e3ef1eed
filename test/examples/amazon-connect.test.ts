import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { AuthenticationError, type CallRecord, CallRecordsClient, type ClientEvent } from "call-records";
import { type ConformanceVendor, testProvider } from "call-records/testing";
import { amazonConnect, type AmazonConnectOptions } from "../../examples/amazon-connect/amazon-connect.js";
import { type ConnectContact, connectContacts } from "../../examples/amazon-connect/connect-contacts.js";
import {
  type ConnectSettings,
  ConnectVendor,
  refusal,
  startConnectEmulator,
} from "../../examples/amazon-connect/connect-emulator.js";
import { runExample } from "./example-process.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const DAY = 86_400_000;
const NOW = Date.parse("2026-11-20T04:00:00Z");
const options = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  region: "eu-central-1",
  instanceId: "aaaaaaaa-bbbb-cccc-dddd-111111111111",
};
const history = connectContacts({ ...options, until: new Date(NOW), days: 30, callsPerDay: 60 });
const startOf = ({ InitiationTimestamp }: ConnectContact) => new Date(InitiationTimestamp * 1000);
const voiceWithin = (contacts: readonly ConnectContact[], from: Date, to: Date) =>
  contacts.filter((contact) => contact.Channel === "VOICE" && startOf(contact) >= from && startOf(contact) < to);

/** Returns the vendor as a function. A window has more calls than a page. */
function vendor(settings: Partial<ConnectSettings>): ConformanceVendor {
  const emulated = new ConnectVendor({ ...options, contacts: history, ...settings });
  const [from, to] = [new Date(NOW - 24.3 * DAY), new Date(NOW - 3.6 * DAY)];
  return {
    now: new Date(NOW),
    from,
    to,
    calls: voiceWithin(history, from, to).map((contact) => ({ id: contact.Id, startedAt: startOf(contact) })),
    respond({ method, url, headers, body }, now) {
      const { host, pathname, search } = new URL(url);
      const lowerCase = (record: Record<string, string>) =>
        Object.fromEntries(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value]));
      const received = {
        method,
        target: pathname + search,
        headers: { host, ...lowerCase(headers) },
        body: body ?? "",
      };
      const response = emulated.respond(received, now);
      return {
        status: response.status,
        headers: lowerCase(response.headers),
        text: JSON.stringify(response.body),
      };
    },
  };
}

/** A contact with every field that the adapter reads. */
const sample: ConnectContact = {
  Arn: "arn:aws:connect:eu-central-1:123456789012:instance/i/contact/c",
  Id: "cccccccc-1111-4222-8333-444444444444",
  InitialContactId: "cccccccc-0000-4222-8333-444444444444",
  PreviousContactId: "cccccccc-0000-4222-8333-444444444444",
  InitiationMethod: "TRANSFER",
  Channel: "VOICE",
  QueueInfo: { Id: "queue-1", EnqueueTimestamp: 1_760_000_003 },
  AgentInfo: { Id: "agent-1", ConnectedToAgentTimestamp: 1_760_000_010.25 },
  InitiationTimestamp: 1_760_000_000.5,
  DisconnectTimestamp: 1_760_000_100.75,
};

for (const end of ["included", "excluded"] as const) {
  await testProvider({
    provider: () => amazonConnect({ ...options, account: `end ${end}` }),
    vendor: () => vendor({ end }),
    examples: {
      records: {
        response: { Contacts: [sample], NextToken: "a-token", TotalCount: 101 },
        empty: { Contacts: [], TotalCount: 0 },
        codes: ["InitiationMethod"],
      },
      findCall: {
        keys: { contactId: sample.Id },
        response: { Contact: sample },
        missing: refusal(404, "ResourceNotFoundException", "No such contact").body,
        missingStatus: 404,
      },
    },
    failures: [
      {
        response: lowerCase(refusal(403, "UnrecognizedClientException", "The security token is invalid")),
        classification: { type: "fail", error: "authentication" },
      },
      {
        response: lowerCase(refusal(403, "InvalidSignatureException", "The signature does not match")),
        classification: { type: "fail", error: "authentication" },
      },
      {
        response: lowerCase(refusal(403, "InvalidSignatureException", "Signature expired: 20261120T040000Z")),
        classification: { type: "correct-clock" },
      },
      {
        response: lowerCase(refusal(403, "AccessDeniedException", "Not authorized to perform SearchContacts")),
        classification: { type: "fail", error: "permission" },
      },
      {
        response: lowerCase(refusal(400, "InvalidParameterException", "MaxResults")),
        classification: { type: "fail", error: "request" },
      },
      {
        response: lowerCase(refusal(404, "ResourceNotFoundException", "No such instance")),
        classification: { type: "fail", error: "request" },
      },
      {
        response: lowerCase(refusal(429, "ThrottlingException", "Rate exceeded")),
        classification: { type: "throttle" },
      },
      {
        response: { status: 400, body: { __type: "com.amazon#TooManyRequestsException", message: "Rate exceeded" } },
        classification: { type: "throttle" },
      },
      {
        response: lowerCase(refusal(500, "InternalServiceException", "Internal error")),
        classification: { type: "retry" },
      },
    ],
  });
}

function lowerCase({ headers, ...response }: ReturnType<typeof refusal>) {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...response, headers: Object.fromEntries(named) };
}

describe("a contact of Amazon Connect", () => {
  const client = new CallRecordsClient({ providers: [amazonConnect(options)] });
  const read = (change: Partial<Record<keyof ConnectContact, unknown>>): CallRecord =>
    client.normalize("amazon-connect", { ...sample, ...change });

  it("becomes a record", () => {
    expect(read({})).toEqual({
      provider: "amazon-connect",
      account: "amazon-connect",
      application: null,
      id: sample.Id,
      relatedIds: { InitialContactId: sample.InitialContactId, PreviousContactId: sample.PreviousContactId },
      direction: "unknown",
      kind: "unknown",
      state: "ended",
      outcome: "answered",
      caller: null,
      callee: null,
      customer: null,
      line: null,
      agent: { id: "agent-1", name: null, email: null, phone: null, groupId: null, groupName: null },
      queue: { id: "queue-1", name: null },
      startedAt: new Date(1_760_000_000_500),
      queuedAt: new Date(1_760_000_003_000),
      ringingAt: null,
      answeredAt: new Date(1_760_000_010_250),
      endedAt: new Date(1_760_000_100_750),
      ringSeconds: null,
      waitSeconds: 7,
      talkSeconds: 91,
      ivrSeconds: null,
      hangup: null,
      legs: [],
      transferred: true,
      menuKeys: [],
      satisfaction: null,
      cost: null,
      recordings: [],
      tags: [],
      remark: null,
      customData: null,
      updatedAt: null,
      raw: sample,
    });
  });

  it.each([
    ["INBOUND", "inbound", null],
    ["OUTBOUND", "outbound", null],
    ["EXTERNAL_OUTBOUND", "outbound", null],
    ["CALLBACK", "outbound", null],
    ["QUEUE_TRANSFER", "unknown", true],
    ["API", "unknown", null],
    ["unheard-of", "unknown", null],
    [null, "unknown", null],
  ])("of the method %s has the direction %s", (InitiationMethod, direction, transferred) => {
    expect(read({ InitiationMethod })).toMatchObject({ direction, transferred });
  });

  it.each([
    [["DisconnectTimestamp"], "in-progress", null],
    [["DisconnectTimestamp", "AgentInfo"], "queued", null],
    [["DisconnectTimestamp", "AgentInfo", "QueueInfo"], "ringing", null],
    [["AgentInfo"], "ended", "unknown"],
  ])("without %j has the state %s", (absent, state, outcome) => {
    expect(read(Object.fromEntries(absent.map((name) => [name, undefined])))).toMatchObject({
      state,
      outcome,
      talkSeconds: null,
    });
  });

  it("without a start is refused", () => {
    expect(() => read({ InitiationTimestamp: undefined })).toThrow("`InitiationTimestamp`");
    expect(() => read({ InitiationTimestamp: "2026-11-20T04:00:00Z" })).toThrow("`InitiationTimestamp`");
  });
});

describe("a client with Amazon Connect", () => {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((resource) => resource.close()));
  });

  async function open(settings: Partial<ConnectSettings> = {}, change: Partial<AmazonConnectOptions> = {}) {
    const now = new Date();
    const contacts = connectContacts({ ...options, until: now, days: 10, callsPerDay: 50 });
    const emulator = await startConnectEmulator({ ...options, contacts, ...settings });
    const events: ClientEvent[] = [];
    const provider = amazonConnect({
      ...options,
      endpoint: emulator.endpoint,
      rate: { requestsPerSecond: 1000 },
      ...change,
    });
    const client = new CallRecordsClient({ providers: [provider], onEvent: (event) => events.push(event) });
    opened.push(client, emulator);
    return { client, emulator, contacts, events, ago: (days: number) => new Date(now.getTime() - days * DAY) };
  }
  const idsOf = (records: readonly { id: string }[]) => records.map(({ id }) => id).sort();
  const expectedIds = (contacts: readonly ConnectContact[], from: Date, to: Date) =>
    voiceWithin(contacts, from, to)
      .map(({ Id }) => Id)
      .sort();

  it.each(["included", "excluded"] as const)("reads every call once over pages, with the end %s", async (end) => {
    const { client, contacts, emulator, events, ago } = await open(
      { end, sessionToken: "a-session-token" },
      { sessionToken: "a-session-token" },
    );
    const [from, to] = [ago(9.5), ago(3.5)];
    const stream = client.records({ from, to });
    expect(idsOf(await stream.toArray({ max: 10_000 }))).toEqual(expectedIds(contacts, from, to));
    expect(stream.report().accounts).toMatchObject([
      { status: "complete", coverage: [{ from: from.toISOString(), to: to.toISOString() }], gaps: [] },
    ]);
    const bodies = emulator.received.map(({ body }): unknown => JSON.parse(body));
    expect(bodies[0]).toMatchObject({
      InstanceId: options.instanceId,
      SearchCriteria: { Channels: ["VOICE"] },
      MaxResults: 100,
    });
    expect(bodies.filter((body) => typeof body === "object" && body !== null && "NextToken" in body)).not.toEqual([]);
    expect(events.filter(({ type }) => type === "warning")).toEqual([]);
  });

  it("finds one call by its id, and returns null if the vendor responds with 404", async () => {
    const { client, contacts } = await open();
    const contactId = contacts[0]?.Id ?? "";
    expect(await client.findCall({ account: "amazon-connect", contactId })).toMatchObject({ id: contactId });
    expect(await client.findCall({ account: "amazon-connect", contactId: "a/b c" })).toBeNull();
  });

  it("retries after 429, and reports wrong credentials without showing them", async () => {
    const { client, contacts, emulator, events, ago } = await open();
    emulator.refuse(refusal(429, "TooManyRequestsException", "Rate exceeded"));
    const records = await client.records({ from: ago(5), to: ago(4) }).toArray({ max: 1000 });
    expect(idsOf(records)).toEqual(expectedIds(contacts, ago(5), ago(4)));
    expect(events.filter(({ type }) => type === "throttle")).toHaveLength(1);

    const other = await open({ secretAccessKey: "another-secret-of-this-account" });
    const error: unknown = await other.client
      .records({ from: ago(5), to: ago(4) })
      .toArray({ max: 1000 })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error).toMatchObject({ vendorCode: "InvalidSignatureException", requestId: "InvalidSignatureException" });
    expect(JSON.stringify(error)).not.toContain(options.secretAccessKey);
  });

  it("signs with the vendor's clock after a refused signature", async () => {
    const { client, contacts, emulator, ago } = await open();
    emulator.refuse({
      ...refusal(403, "InvalidSignatureException", "Signature expired: 20261120T040000Z"),
    });
    const records = await client.records({ from: ago(5), to: ago(4) }).toArray({ max: 1000 });
    expect(idsOf(records)).toEqual(expectedIds(contacts, ago(5), ago(4)));
  });
});

describe("the example", () => {
  it("prints the calls and the status of the account", { timeout: 60_000 }, async () => {
    const { code, stdout, stderr } = await runExample("amazon-connect", [], {});
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/Z (?:inbound |outbound|unknown ) answered {4}agent-\d \d+$/m);
    expect(stdout).toMatch(/^amazon-connect: complete, \d+ calls in \d+ requests$/m);
  });

  it("is one file of at most 170 lines, and imports only public entry points and its signer", async () => {
    const source = await readFile(`${root}examples/amazon-connect/amazon-connect.ts`, "utf8");
    expect(source.trimEnd().split("\n").length).toBeLessThanOrEqual(170);
    expect([...source.matchAll(/from "([^"]+)"/g)].map(([, module]) => module).sort()).toEqual([
      "aws4fetch",
      "call-records",
      "call-records/adapter",
      "zod",
    ]);
  });
});
