import type { MappedCall } from "../../contract/provider.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { Progress } from "../../engine/lists/progress.js";
import type { Direction } from "../../model/call-record.js";
import type { NumberFilter } from "./number-filter.js";

/** The fields of a call that a filter needs. */
type FilteredCall = Pick<MappedCall, "id" | "direction" | "caller" | "callee">;

/** Selects the calls of one account by direction and number, and reports numbers whose country is not certain: once for each account and client call. */
export class CallFilter {
  private warned = false;

  constructor(
    private readonly session: AccountSession,
    private readonly progress: Progress,
    private readonly direction: Direction | null,
    private readonly numbers: NumberFilter | null,
  ) {}

  /** Reports a requested number whose country is not certain. */
  begin(): void {
    if (this.numbers?.isCertain === false)
      this.warn(
        "a requested number (argument `number`) has no country code, or is not a valid number of its country. It matches rows with the same digits and rows that contain it in the national format of the row's country, and may miss other formats. Write it with `+` and the country code, or set the account's option `defaultCountry`.",
        null,
      );
  }

  /** Whether a call has the selected direction, and a selected number as caller or callee. */
  matches({ id, direction, caller, callee }: FilteredCall): boolean {
    if (this.direction !== null && direction !== this.direction) return false;
    if (this.numbers === null) return true;
    const results = [this.numbers.compare(caller), this.numbers.compare(callee)];
    if (results.includes("same")) return true;
    const isMatch = results.includes("same-digits");
    if (isMatch || results.includes("possible"))
      this.warn(
        `the row ${this.session.clean(id)} contains a number whose country is not certain. Only its digits were compared with the argument \`number\`, and they ${isMatch ? "match" : "differ, although it may be the same number in a national format"}. If such numbers belong to one country, set the account's option \`defaultCountry\`. Later rows of this kind are not reported again.`,
        this.session.clean(id),
      );
    return isMatch;
  }

  private warn(text: string, key: string | null): void {
    if (this.warned) return;
    this.warned = true;
    const { provider, services } = this.session;
    const operation = provider.operations.records.name;
    const message = `${provider.account}: ${operation}: ${text}`;
    this.progress.numberWarning = message;
    services.emit({ type: "warning", account: provider.account, operation, message, key, field: null });
  }
}
