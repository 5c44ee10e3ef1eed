import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { CapturedAccount } from "../../capture/capture-format.js";
import type { Provider } from "../../contract/provider.js";
import { replaceFile } from "../../files/durable-file.js";
import { resolveRealPath } from "../../files/location.js";
import { UsageError } from "../exit-code.js";
import { captureAccounts } from "./capture-accounts.js";
import type { Check } from "./check-account.js";

/** The file of a capture. */
export interface CaptureFile {
  /** The contents of the file and advice about it, for the final message. */
  description: string;
  /** Captures the accounts, and writes the file as a whole, with mode 0600. @throws the signal's reason once it is aborted; the errors of the file system. */
  write(providers: readonly Provider[], signal: AbortSignal): Promise<Check[]>;
}

/**
 * Returns the file for a capture.
 * @param configuration the file that configures the accounts, or null.
 * @throws UsageError if the path names a folder, a file in a folder that does not exist, or the configuration.
 */
export async function captureFileFor(path: string, configuration: string | null): Promise<CaptureFile> {
  const target = await resolveRealPath(path);
  if (configuration !== null && target === (await resolveRealPath(configuration)))
    throw new UsageError(`--capture: ${path} is the file that configures the accounts. Choose another file.`);
  if (await isFolder(target)) throw new UsageError(`--capture: ${path} is a folder. Name a file in it.`);
  if (!(await isFolder(dirname(target))))
    throw new UsageError(`--capture: the folder of ${path} does not exist. Create it, or choose another file.`);
  return {
    description: `Capture: ${path}. It contains the times, codes and durations of calls, and the names of fields. Secrets are removed; other numbers, names and texts are masked. Long lists are cut. Read it before you send it.`,
    async write(providers, signal) {
      const capture = await captureAccounts(providers, { now: Date.now(), signal });
      await replaceFile(target, Buffer.from(`${JSON.stringify(capture, null, 2)}\n`));
      return capture.accounts.map((account, index) => checkOf(providers[index]?.account ?? account.account, account));
    },
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function checkOf(account: string, { account: label, operations }: CapturedAccount): Check {
  const requests = operations.reduce((sum, { exchanges }) => sum + exchanges.length, 0);
  const results = operations.map(
    ({ name, result, omittedRows }) => `${name} ${result}${omittedRows === 0 ? "" : ` (${omittedRows} rows left out)`}`,
  );
  return {
    account,
    check: "capture",
    status: "ok",
    detail: `written as ${label} (${requests} requests): ${results.join(", ")}`,
    advice: null,
  };
}
