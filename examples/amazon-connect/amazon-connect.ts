/**
 * An adapter for the calls of Amazon Connect in one file: pages by token, a total, and signed requests with a body. "Documented" refers to
 * https://docs.aws.amazon.com/connect/latest/APIReference (SearchContacts, DescribeContact) and to the service quotas in the administrator guide.
 */
import { AwsV4Signer } from "aws4fetch";
import { z } from "zod";
import type { CommonOptions, Direction, Provider } from "call-records";
import * as adapter from "call-records/adapter";

// Limits. Documented: the range filters on the initiation. Not documented: its longest length, its precision, and whether it includes its end.
const WINDOW: adapter.WindowRule = { unit: "s", maxSeconds: 7 * 86_400, end: "unknown", filtersOn: "start" };
// Documented: at most 100 contacts a page, a token for the next page, and the number of all matching contacts.
const PAGING = { style: "cursor", size: 100, total: true } as const;
// Documented: by default, an operation accepts 2 requests per second, from all clients of an AWS account in a region.
const RATE = { requestsPerSecond: 2, concurrency: 2 };
// Assumed: no call is longer than a day, and its record does not change two days later.
const DAYS = { longestCallSeconds: 86_400, settleSeconds: 2 * 86_400 };
// Documented: contacts are deleted 24 months after their initiation.
const RETENTION = { retentionSeconds: 731 * 86_400, suspectedRetentionSeconds: null };

/** The options of {@link amazonConnect}. */
export interface AmazonConnectOptions extends CommonOptions {
  accessKeyId: string;
  secretAccessKey: string;
  /** The token of temporary credentials. */
  sessionToken?: string | undefined;
  /** Such as `eu-central-1`. */
  region: string;
  instanceId: string;
}
const optionsSchema = z.strictObject({
  ...adapter.commonOptions({ account: "amazon-connect", rate: RATE, timeZone: "UTC", ...DAYS }),
  accessKeyId: adapter.credentialSchema,
  secretAccessKey: adapter.credentialSchema,
  sessionToken: adapter.credentialSchema.optional(),
  region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "must be a region, such as eu-central-1"),
  instanceId: z.string().min(1).max(100),
});

// Response. Documented: the rows, the token and the total.
const responseSchema = adapter.wireMapped(
  adapter.wireObject({ Contacts: adapter.wireRows, NextToken: adapter.wireText, TotalCount: adapter.wireInteger }),
  "a page",
  ({ Contacts: rows, NextToken: next, TotalCount: total }): adapter.Page => ({ rows, total, next }),
);

// Row. Documented: a time is a number. Assumed: it is in Unix seconds, as in the other JSON protocols of AWS, and a missing value is left out.
const callTime = adapter.wireCallTime(adapter.wireUnixSeconds);
const row = adapter.wireObject({
  Id: adapter.wireId,
  InitialContactId: adapter.wireText,
  PreviousContactId: adapter.wireText,
  InitiationMethod: adapter.wireText,
  InitiationTimestamp: adapter.wireRequired(adapter.wireUnixSeconds, "a time"),
  DisconnectTimestamp: callTime,
  AgentInfo: adapter.wireOptional(adapter.wireObject({ Id: adapter.wireText, ConnectedToAgentTimestamp: callTime })),
  QueueInfo: adapter.wireOptional(adapter.wireObject({ Id: adapter.wireText, EnqueueTimestamp: callTime })),
});
type Row = z.output<typeof row>;
const times = { start: ["InitiationTimestamp"], others: ["DisconnectTimestamp"] };

// Codes. Documented: a transfer is a separate contact, which names the contact before it.
const directions: ReadonlyMap<string | null, Direction> = new Map([
  ["INBOUND", "inbound"],
  ["OUTBOUND", "outbound"],
  ["EXTERNAL_OUTBOUND", "outbound"],
  ["CALLBACK", "outbound"],
]);

// Map. Documented: a contact has no telephone numbers. Assumed: the talk ends when the contact is disconnected.
function map({ AgentInfo: agent, QueueInfo: queue, ...contact }: Row): adapter.MappedCall {
  const { InitialContactId, PreviousContactId, InitiationMethod: method, DisconnectTimestamp: endedAt } = contact;
  const answeredAt = agent?.ConnectedToAgentTimestamp ?? null;
  const related = Object.entries({ InitialContactId, PreviousContactId });
  return {
    ...adapter.absentFields(),
    id: contact.Id,
    relatedIds: Object.fromEntries(related.flatMap(([name, id]) => (id === null ? [] : [[name, id] as const]))),
    direction: directions.get(method) ?? "unknown",
    kind: "unknown",
    state: endedAt !== null ? "ended" : answeredAt !== null ? "in-progress" : queue?.Id == null ? "ringing" : "queued",
    outcome: endedAt === null ? null : answeredAt === null ? "unknown" : "answered",
    agent: agent?.Id == null ? null : { ...adapter.absentAgent, id: agent.Id },
    queue: queue?.Id == null ? null : { id: queue.Id, name: null },
    startedAt: contact.InitiationTimestamp,
    queuedAt: queue?.EnqueueTimestamp ?? null,
    answeredAt,
    endedAt,
    talkSeconds: answeredAt === null || endedAt === null ? null : (endedAt.getTime() - answeredAt.getTime()) / 1000,
    transferred: method?.endsWith("TRANSFER") === true ? true : null,
  };
}

// Classify. Documented: the HTTP status, the name of the error in a header, and a message. Assumed: its name may be in the body.
const wrongKeys = /^(?:UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|ExpiredToken|MissingAuthentication)/;
const text = adapter.wireTextOrNull;
const refusal = adapter.wireObject({ __type: text, message: text, Message: text });
function classify(response: adapter.HttpResponse): adapter.FailureClassification | null {
  const byStatus = adapter.classifyStatus(response);
  if (byStatus === null) return null;
  const { __type = null, message = null, Message = null } = refusal.safeParse(response.body).data ?? {};
  const name = (response.headers["x-amzn-errortype"] ?? __type ?? "").replace(/^.*#|:.*$/g, "");
  const requestId = response.headers["x-amzn-requestid"] ?? null;
  const details = { vendorCode: name || byStatus.vendorCode, message: message ?? Message, requestId };
  if (/Signature (?:expired|not yet current)/.test(details.message ?? "")) return { type: "correct-clock", ...details };
  if (wrongKeys.test(name)) return { type: "fail", error: "authentication", ...details };
  if (/^(?:Throttling|TooManyRequests)/.test(name)) return { type: "throttle", ...details };
  if (/^(?:Invalid|ResourceNotFound)/.test(name)) return { type: "fail", error: "request", ...details };
  return { ...byStatus, ...details };
}

/** Returns the provider of an instance. @throws ConfigurationError that names a missing, wrong or unknown option. */
export function amazonConnect(
  options: AmazonConnectOptions,
): Provider<"amazon-connect", object, { contactId: string }> {
  const settings = adapter.parseOptions("amazonConnect", optionsSchema, options, "amazon-connect");
  const { region, instanceId, accessKeyId, secretAccessKey, sessionToken, account, timeZone, rate } = settings;
  const base = settings.endpoint ?? `https://connect.${region}.amazonaws.com`;
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const seconds = (bound = new Date(0)) => bound.getTime() / 1000;
  const request = ({ window, page }: adapter.PageQuery<object>): adapter.HttpRequest => ({
    method: "POST",
    url: `${base}/search-contacts`,
    body: {
      InstanceId: instanceId,
      TimeRange: { Type: "INITIATION_TIMESTAMP", StartTime: seconds(window?.start), EndTime: seconds(window?.end) },
      SearchCriteria: { Channels: ["VOICE"] },
      Sort: { FieldName: "INITIATION_TIMESTAMP", Order: "ASCENDING" },
      MaxResults: page.size,
      ...(page.cursor === null ? {} : { NextToken: page.cursor }),
    },
  });
  return adapter.defineProvider({
    ...{ contract: adapter.CONTRACT_VERSION, id: "amazon-connect", account, timeZone, rate },
    ...{ longestCallSeconds: settings.longestCallSeconds, settleSeconds: settings.settleSeconds },
    provides: { abandoned: false },
    // Documented: Signature Version 4, which covers the method, the path, the host, the time and the exact body.
    auth: {
      authorize: async (prepared, { now }) => {
        const datetime = now.toISOString().replace(/[-:]|\.\d+/g, "");
        const signer = new AwsV4Signer({ ...prepared, ...keys, region, service: "connect", datetime });
        const { headers } = await signer.sign();
        return { ...prepared, headers: { ...prepared.headers, ...Object.fromEntries<string>(headers.entries()) } };
      },
    },
    operations: {
      records: adapter.defineList({
        ...{ name: "SearchContacts", paging: PAGING, request, responseSchema, row, times, map },
        filters: z.strictObject({}),
        key: ({ Id }) => Id,
        partitions: () => [{ application: null, parameters: {} }],
        window: adapter.overrideWindow(settings, WINDOW),
        ...adapter.overrideRetention(settings, RETENTION),
      }),
      // Documented: a described contact has the fields of a row of the search.
      findCall: {
        ...{ type: "lookup", name: "DescribeContact", row, times, map },
        keys: z.strictObject({ contactId: z.string().min(1).max(256) }),
        request: ({ contactId }) => ({
          method: "GET",
          url: `${base}/contacts/${instanceId}/${encodeURIComponent(contactId)}`,
        }),
        isNotFound: ({ status }) => status === 404,
        responseSchema: adapter.wireObject({ Contact: z.unknown() }).transform(({ Contact }): unknown => Contact),
      },
    },
    classify,
    secrets: () => [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])],
  });
}
