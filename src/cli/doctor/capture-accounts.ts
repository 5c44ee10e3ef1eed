import { type Capture, CAPTURE_FORMAT } from "../../capture/capture-format.js";
import type { Provider } from "../../contract/provider.js";
import { captureAccount } from "./capture-account.js";
import type { CaptureSettings } from "./captured-operations.js";

/** Captures accounts at the same time. Their labels are the provider's id and a number. @throws the signal's reason once it is aborted. */
export async function captureAccounts(providers: readonly Provider[], settings: CaptureSettings): Promise<Capture> {
  const numbers = new Map<string, number>();
  const labels = providers.map(({ id }) => {
    const number = (numbers.get(id) ?? 0) + 1;
    numbers.set(id, number);
    return `${id}-${number}`;
  });
  const accounts = await Promise.all(
    providers.map((provider, index) => captureAccount(provider, labels[index] ?? provider.id, settings)),
  );
  return { format: CAPTURE_FORMAT, capturedAt: new Date(settings.now).toISOString(), accounts };
}
