import { z } from "zod";
import type { DiscoveredApplication } from "../contract/partition-discovery.js";
import type { AccountSession } from "../engine/account/account-session.js";
import { requestApplications } from "../engine/lists/discovery.js";
import { Progress } from "../engine/lists/progress.js";
import { type PolicyArguments, policyFields } from "./arguments.js";
import type { Invocation } from "./invocation.js";
import { unsupported } from "./unsupported.js";

/** Arguments of `listApplications`. */
export type ListApplicationsArguments = Pick<PolicyArguments, "signal" | "totalTimeoutMs">;

/** An application that the account has at the vendor. */
export interface AccountApplication extends DiscoveredApplication {
  /** Whether the client reads it. False: the options of the provider leave it out, so that its calls are in no result. */
  isRead: boolean;
}

export const listApplicationsSchema = z.strictObject(policyFields).pick({ signal: true, totalTimeoutMs: true });

/**
 * Requests the applications of an account. A warning names those that the options leave out.
 * @throws UnsupportedError when the vendor has no applications.
 */
export async function listApplications(session: AccountSession, invocation: Invocation): Promise<AccountApplication[]> {
  const { discoverPartitions: declared, records } = session.provider.operations;
  if (declared === undefined)
    throw unsupported(session.provider, "listApplications", "this vendor has no list of applications.");
  invocation.begin();
  try {
    const { counters } = new Progress(session.provider, invocation.id);
    const scope = { signal: invocation.signal, counters, invocation: invocation.id };
    const found = await invocation.timed(() => requestApplications(session, declared, scope));
    const configured = new Set(records.partitions({}).map(({ application }) => application));
    const applications = found.map((one) => ({ ...one, isRead: declared.isUsed || configured.has(one.application) }));
    const omitted = applications.filter(({ isRead }) => !isRead);
    if (omitted.length > 0)
      session.warn(
        declared.name,
        `the account has applications that the options of the provider leave out: ${omitted.map(describeApplication).join(", ")}. Their calls are in no result.`,
      );
    return applications;
  } finally {
    invocation.stop();
  }
}

/** Returns the id and the name of an application, for messages. */
export function describeApplication({ application, name }: DiscoveredApplication): string {
  return name === null ? application : `${application} (${name})`;
}
