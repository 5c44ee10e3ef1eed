/** Contacts for the emulated Amazon Connect, of every method of initiation. They are the same in each run. */
const DAY_MS = 86_400_000;

/** A contact as SearchContacts and DescribeContact return it, with the fields that an adapter needs. Times are Unix seconds. */
export interface ConnectContact {
  Arn: string;
  Id: string;
  InitialContactId?: string;
  PreviousContactId?: string;
  InitiationMethod: string;
  Channel: "VOICE" | "CHAT";
  QueueInfo?: { Id: string; EnqueueTimestamp?: number };
  AgentInfo?: { Id: string; ConnectedToAgentTimestamp?: number };
  InitiationTimestamp: number;
  DisconnectTimestamp?: number;
}

const METHODS = ["INBOUND", "INBOUND", "OUTBOUND", "TRANSFER", "CALLBACK", "API", "QUEUE_TRANSFER"] as const;

/** Returns contacts at equal intervals before `until`: every fifth is abandoned in its queue, and the last two have not ended. */
export function connectContacts({
  instanceId,
  until,
  days,
  callsPerDay,
}: {
  instanceId: string;
  until: Date;
  days: number;
  callsPerDay: number;
}): ConnectContact[] {
  const count = days * callsPerDay;
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor(until.getTime() - ((count - index) * days * DAY_MS) / count) / 1000;
    const method = METHODS[index % METHODS.length] ?? "INBOUND";
    const isAnswered = index % 5 !== 3 && index !== count - 1;
    const hasEnded = index < count - 2;
    const id = contactId(index);
    return {
      Arn: `arn:aws:connect:eu-central-1:123456789012:instance/${instanceId}/contact/${id}`,
      Id: id,
      // A transfer is a separate contact, which follows the contact before it.
      ...(method.endsWith("TRANSFER") && {
        InitialContactId: contactId(index - 1),
        PreviousContactId: contactId(index - 1),
      }),
      InitiationMethod: method,
      // A chat between the calls, which a search for calls does not find.
      Channel: index % 11 === 10 ? ("CHAT" as const) : ("VOICE" as const),
      ...(method !== "OUTBOUND" && { QueueInfo: { Id: "7c9e6679-sales", EnqueueTimestamp: start + 2 } }),
      ...(isAnswered && { AgentInfo: { Id: `agent-${index % 4}`, ConnectedToAgentTimestamp: start + 9.25 } }),
      InitiationTimestamp: start,
      ...(hasEnded && { DisconnectTimestamp: start + 40 + (index % 50) }),
    };
  });
}

function contactId(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`;
}
