import type { CapturedAccount } from "../../capture/capture-format.js";
import { ExchangeMask } from "../../capture/exchange-mask.js";
import type { Provider } from "../../contract/provider.js";
import { Redaction } from "../../engine/account/redaction.js";
import { secretsOf } from "../../engine/account/secrets.js";
import { type CaptureSettings, OperationCapture } from "./captured-operations.js";

/**
 * Requests a token, records, usage, active calls and one call of an account, as far as its vendor has them, and returns the masked requests and responses.
 * @param label the label of the account in the capture, which contains nothing of the account's own label.
 * @throws the signal's reason once it is aborted.
 */
export async function captureAccount(
  provider: Provider,
  label: string,
  settings: CaptureSettings,
): Promise<CapturedAccount> {
  const operations = await new OperationCapture(provider, settings).run();
  const redaction = new Redaction(secretsOf(provider));
  const mask = new ExchangeMask((text) => redaction.clean(text) !== text);
  const endpoint = provider.identity?.().endpoint ?? null;
  const partitions = provider.operations.records.partitions({});
  return {
    provider: provider.id,
    account: label,
    timeZone: provider.timeZone,
    applications: partitions.flatMap(({ application }) =>
      application === null ? [] : mask.text(application, "application"),
    ),
    operations: operations.map(({ exchanges, arguments: args, ...operation }) => ({
      ...operation,
      arguments: Object.fromEntries(
        Object.entries(args).map(([name, value]) => [
          name,
          // The ends of a range are not data of the account.
          name === "from" || name === "to" ? value : mask.text(value, name),
        ]),
      ),
      exchanges: exchanges.map((exchange) => mask.exchange(exchange, endpoint)),
    })),
  };
}
