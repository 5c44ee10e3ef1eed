import type { CapturedAccount, CapturedOperation } from "../../capture/capture-format.js";
import { ExchangeMask, type RawExchange } from "../../capture/exchange-mask.js";
import { RowLimit } from "../../capture/row-limit.js";
import type { Provider } from "../../contract/provider.js";
import { Redaction } from "../../engine/account/redaction.js";
import { secretsOf } from "../../engine/account/secrets.js";
import { type CaptureSettings, OperationCapture } from "./captured-operations.js";

/** Maximum number of rows of one operation in a capture, so that the file can be sent and read. */
const MAX_ROWS = 20;

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
      ...maskExchanges(exchanges, mask, endpoint),
      arguments: Object.fromEntries(
        Object.entries(args).map(([name, value]) => [
          name,
          // The ends of a range are not data of the account.
          name === "from" || name === "to" ? value : mask.text(value, name),
        ]),
      ),
    })),
  };
}

/** Returns the masked exchanges of one operation, with a limited number of rows. */
function maskExchanges(
  exchanges: readonly RawExchange[],
  mask: ExchangeMask,
  endpoint: string | null,
): Pick<CapturedOperation, "exchanges" | "omittedRows"> {
  const rows = new RowLimit(MAX_ROWS);
  const masked = exchanges.map((exchange) => {
    const { request, response } = mask.exchange(exchange, endpoint);
    return { request, response: response === null ? null : { ...response, body: rows.cut(response.body) } };
  });
  return { exchanges: masked, omittedRows: rows.omitted };
}
