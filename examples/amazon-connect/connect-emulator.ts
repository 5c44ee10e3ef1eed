/**
 * A small Amazon Connect on this machine, as its documentation describes it: SearchContacts and DescribeContact, with signed requests. Settings select the
 * behaviour that is not documented. Documented: the parameters, the rows, the total, the names and statuses of errors. Assumed: the content of a token.
 */
import {
  type EmulatedVendor,
  startEmulatedVendor,
  type VendorRequest,
  type VendorResponse,
} from "../emulated-vendor.js";
import type { ConnectContact } from "./connect-contacts.js";
import { readAuthorization, signatureOf } from "./signature.js";

const MAX_ROWS = 100;
const MAX_CLOCK_DIFFERENCE_MS = 300_000;

export interface ConnectSettings {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  instanceId: string;
  /** The contacts. A test may add contacts and replace them while the emulator runs. */
  contacts: ConnectContact[];
  /** Whether a contact exactly at the end of the range is found. Default `included`. */
  end?: "excluded" | "included";
}

/** The vendor as a function from a request to a response, without a server. */
export class ConnectVendor {
  constructor(private readonly settings: ConnectSettings) {}

  /** @param now the vendor's clock, which must be near the time of the signature. */
  respond(request: VendorRequest, now: Date): VendorResponse {
    const refused = this.verify(request, now);
    if (refused !== null) return refused;
    const [, path, instanceId, contactId = ""] = /^\/([\w-]+)(?:\/([^/]+)\/([^/]+))?$/.exec(request.target) ?? [];
    if (request.method === "POST" && path === "search-contacts") return this.search(request.body);
    if (request.method !== "GET" || path !== "contacts" || instanceId !== this.settings.instanceId)
      return refusal(404, "ResourceNotFoundException", "No such instance or operation");
    const contact = this.settings.contacts.find(({ Id }) => Id === decodeURIComponent(contactId));
    return contact === undefined
      ? refusal(404, "ResourceNotFoundException", "No such contact")
      : success({ Contact: contact });
  }

  private verify(request: VendorRequest, now: Date): VendorResponse | null {
    const { accessKeyId, secretAccessKey, sessionToken } = this.settings;
    const signed = readAuthorization(request);
    if (signed === null) return refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
    if (signed.accessKeyId !== accessKeyId || request.headers["x-amz-security-token"] !== sessionToken)
      return refusal(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
    if (signed.signature !== signatureOf(request, signed, secretAccessKey))
      return refusal(403, "InvalidSignatureException", "The request signature we calculated does not match.");
    const sent = String(request.headers["x-amz-date"]);
    const sentAt = Date.parse(sent.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    const difference = sentAt - now.getTime();
    if (Math.abs(difference) <= MAX_CLOCK_DIFFERENCE_MS) return null;
    const problem = difference < 0 ? "Signature expired" : "Signature not yet current";
    return refusal(403, "InvalidSignatureException", `${problem}: ${sent}`);
  }

  private search(body: string): VendorResponse {
    const { InstanceId, TimeRange, SearchCriteria, MaxResults = MAX_ROWS, NextToken } = JSON.parse(body) as SearchBody;
    if (InstanceId !== this.settings.instanceId)
      return refusal(404, "ResourceNotFoundException", "No such instance or operation");
    if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > MAX_ROWS)
      return refusal(400, "InvalidParameterException", "MaxResults must be between 1 and 100");
    const { Type, StartTime, EndTime } = TimeRange;
    if (Type !== "INITIATION_TIMESTAMP" || !(StartTime < EndTime))
      return refusal(400, "InvalidRequestException", "TimeRange is not valid");
    const isWithin = ({ InitiationTimestamp: start }: ConnectContact) =>
      start >= StartTime && (this.settings.end === "excluded" ? start < EndTime : start <= EndTime);
    const found = this.settings.contacts
      .filter(
        (contact) => isWithin(contact) && (SearchCriteria?.Channels ?? [contact.Channel]).includes(contact.Channel),
      )
      .sort((one, other) => one.InitiationTimestamp - other.InitiationTimestamp);
    const first = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, "base64url").toString("utf8"));
    const after = first + MaxResults;
    return success({
      Contacts: found.slice(first, after),
      TotalCount: found.length,
      ...(after < found.length && { NextToken: Buffer.from(String(after)).toString("base64url") }),
    });
  }
}

interface SearchBody {
  InstanceId: string;
  TimeRange: { Type: string; StartTime: number; EndTime: number };
  SearchCriteria?: { Channels?: string[] };
  MaxResults?: number;
  NextToken?: string;
}

function success(body: unknown): VendorResponse {
  return { status: 200, headers: {}, body };
}

/** Returns an error of AWS: its name is in a header, its message in the body. */
export function refusal(status: number, name: string, message: string): VendorResponse {
  return {
    status,
    headers: {
      "x-amzn-ErrorType": `${name}:http://internal.amazon.com/coral/com.amazon.connect/`,
      "x-amzn-RequestId": name,
    },
    body: { message },
  };
}

/** Starts the emulator on a free port of 127.0.0.1. */
export function startConnectEmulator(settings: ConnectSettings & { concurrency?: number }): Promise<EmulatedVendor> {
  const vendor = new ConnectVendor(settings);
  return startEmulatedVendor((request) => vendor.respond(request, new Date()), {
    ...settings,
    refusal: refusal(429, "ThrottlingException", "Rate exceeded"),
  });
}
