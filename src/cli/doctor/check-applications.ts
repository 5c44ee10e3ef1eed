import { CallRecordsClient } from "../../client.js";
import { CallRecordsError } from "../../model/errors.js";
import { describeApplication } from "../../operations/list-applications.js";
import type { BuiltInProvider } from "../../vendors.js";
import { messageOf } from "../terminal/option-names.js";
import { adviceFor, type Check, TIMEOUT_MS } from "./check-account.js";

/** Compares the applications that an account has with those that are read. Returns no check for a vendor without applications. */
export async function checkApplications(provider: BuiltInProvider, signal: AbortSignal): Promise<Check[]> {
  if (provider.operations.discoverPartitions === undefined) return [];
  const client = new CallRecordsClient({ providers: [provider], timeoutMs: TIMEOUT_MS, retry: { attempts: 1 } });
  const head = { account: provider.account, check: "applications" } as const;
  try {
    const found = await client.listApplications(provider.account, { signal });
    const omitted = found.filter(({ isRead }) => !isRead);
    if (omitted.length === 0)
      return [{ ...head, status: "ok", detail: `all ${found.length} applications are read`, advice: null }];
    return [
      {
        ...head,
        status: "warning",
        detail: `not read: ${omitted.map(describeApplication).join(", ")}`,
        advice: 'Add them to `sdkAppIds`, or set it to "all", if their calls belong to this account.',
      },
    ];
  } catch (error) {
    if (signal.aborted || !(error instanceof CallRecordsError)) throw error;
    return [
      {
        ...head,
        status: provider.operations.discoverPartitions.isUsed ? "failed" : "skipped",
        detail: messageOf(error.message),
        advice: error.code === "permission" ? adviceFor(error, provider, null) : null,
      },
    ];
  } finally {
    await client.close();
  }
}
