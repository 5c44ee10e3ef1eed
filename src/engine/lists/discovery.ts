import type { ListOperation, Operations, Provider } from "../../contract/provider.js";
import type { DiscoveredApplication, PartitionDiscovery } from "../../contract/partition-discovery.js";
import { ConfigurationError, ResponseError } from "../../model/errors.js";
import type { AccountSession } from "../account/account-session.js";
import { derivedFrom } from "../account/derived-from.js";
import { DiscoveredApplications } from "../account/discovered-applications.js";
import { errorAbout } from "../account/failure.js";
import type { RequestScope } from "../account/operation-request.js";
import type { ListPlan } from "./list-plan.js";
import { undocumented } from "./schema-fault.js";

/** Returns the session of an account for one call of the client. Where the applications are discovered, its lists are those that this call discovers. */
export function sessionForCall(session: AccountSession): AccountSession {
  const { provider } = session;
  if (provider.operations.discoverPartitions?.isUsed !== true) return session;
  const discovery = new DiscoveredApplications();
  return session.withLists(discoveringProvider(provider, discovery), discovery);
}

/**
 * Requests the applications of the account, if its lists depend on them and they are not known yet.
 * @returns whether the lists have changed.
 * @throws CallRecordsError when the request fails; ConfigurationError when the account has no application.
 */
export async function discover(session: AccountSession, scope: RequestScope): Promise<boolean> {
  const { discoverPartitions: declared } = session.provider.operations;
  if (session.discovery === null || declared === undefined) return false;
  return session.discovery.find(async () => {
    const found = await requestApplications(session, declared, scope);
    if (found.length > 0) return found.map(({ application }) => application);
    const words =
      ": the vendor lists no application of this account, so that there is nothing to read. Check that the credentials belong to the right account and site, or name the applications in the options of the provider.";
    throw errorAbout(ConfigurationError, session.errorContext({ operation: declared.name, window: null }), words);
  });
}

/** Requests the applications of an account. @throws CallRecordsError when the request fails, or the response is not as documented. */
export async function requestApplications(
  session: AccountSession,
  { name, ...declared }: PartitionDiscovery,
  scope: RequestScope,
): Promise<readonly DiscoveredApplication[]> {
  const about = { operation: name, window: null };
  const request = session.runAdapter("discoverPartitions.request", about, () => declared.request());
  const response = await session.requestOne({ ...about, request }, scope);
  return session.runAdapter("discoverPartitions.responseSchema", about, () => {
    const read = declared.responseSchema.safeParse(response.body);
    if (read.success) return read.data;
    const words = `: the response ${session.clean(undocumented(read.error))}`;
    throw errorAbout(ResponseError, session.errorContext(about), words);
  });
}

/** Returns a plan without the windows of applications that the vendor does not list. Its coverage includes them, so that they are reported as unread. */
export function withoutUnlisted<Value>(plan: ListPlan<Value>, { discovery }: AccountSession): ListPlan<Value> {
  if (discovery === null || discovery.unlisted.length === 0) return plan;
  const isListed = (place: number) => discovery.isListed(plan.partitions[place]?.application ?? null);
  return { ...plan, windows: plan.windows.filter(({ partition }) => isListed(partition)) };
}

/** Returns a provider whose lists are those of the discovered applications. */
function discoveringProvider(provider: Provider, discovery: DiscoveredApplications): Provider {
  const { records, usage, activeCalls } = provider.operations;
  const discovering = <Value>(list: ListOperation<Value>): ListOperation<Value> =>
    derivedFrom(list, { partitions: (filters: object) => list.partitions(filters, discovery.all) });
  const operations: Partial<Operations> = { records: discovering(records) };
  if (usage !== undefined) operations.usage = discovering(usage);
  if (typeof activeCalls === "object") operations.activeCalls = discovering(activeCalls);
  return derivedFrom(provider, { operations: derivedFrom(provider.operations, operations) });
}
