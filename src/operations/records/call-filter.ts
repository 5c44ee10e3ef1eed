import type { MappedCall } from "../../contract/mapped-call.js";
import type { AccountSession } from "../../engine/account/account-session.js";
import type { Progress } from "../../engine/lists/progress.js";
import type { Direction } from "../../model/call-record.js";
import { type Comparison, type NumberFilter } from "./number-filter.js";

/** The fields of a call that a filter needs. */
type FilteredCall = Pick<MappedCall, "id" | "direction" | "caller" | "callee">;

/** A result of a comparison that is reported. */
type Uncertain = Exclude<Comparison, "same" | "different">;

/** Added where the account has the option and it is not set. */
const COUNTRY_ADVICE =
  "If numbers without a country code belong to one country, set the account's option `defaultCountry`.";

/** The messages about a row. Each begins after the id of the row. */
const ROW_MESSAGES: Record<Uncertain, string> = {
  "same-digits": `contains a number whose country is not certain, or a mobile number that its country writes in two forms. It was selected, because its digits are those of a requested number (argument \`number\`).`,
  possible: `may contain a requested number (argument \`number\`) in another format or field, but was not selected. Only some digits could be compared, or they were read as another number.`,
  hidden:
    "contains a protected number, which could not be compared with a requested number (argument `number`). It was not selected.",
};

/** Selects the calls of one account by direction and number, and reports numbers that are not certain: each kind once for each account and client call. */
export class CallFilter {
  private readonly reported = new Set<Uncertain>();

  constructor(
    private readonly session: AccountSession,
    private readonly progress: Progress,
    private readonly direction: Direction | null,
    private readonly numbers: NumberFilter | null,
  ) {}

  /** Reports a requested number whose country is not certain. */
  begin(): void {
    if (this.numbers?.isCertain !== false) return;
    // The message includes these kinds of rows.
    this.reported.add("same-digits").add("possible");
    this.warn(
      "a requested number (argument `number`) has no country code, or is not a valid number of its country. It matches rows with the same digits and rows that contain it in the national format of the row's country, and may miss other formats. Write it with `+` and the country code." +
        this.countryAdvice(),
      null,
    );
  }

  /** Whether a call has the selected direction, and a selected number as caller or callee. */
  matches(call: FilteredCall): boolean {
    const { id, direction } = call;
    if (this.direction !== null && direction !== this.direction) return false;
    if (this.numbers === null) return true;
    const result = this.numbers.compareParties(call);
    if (result !== "same" && result !== "different") this.report(result, id);
    return result === "same" || result === "same-digits";
  }

  private report(kind: Uncertain, id: string): void {
    if (this.reported.has(kind)) return;
    this.reported.add(kind);
    const key = this.session.clean(id);
    const advice = kind === "hidden" ? "" : this.countryAdvice();
    this.warn(`the row ${key} ${ROW_MESSAGES[kind]}${advice} Later rows of this kind are not reported again.`, key);
  }

  private countryAdvice(): string {
    return this.session.provider.defaultCountry === null ? ` ${COUNTRY_ADVICE}` : "";
  }

  private warn(text: string, key: string | null): void {
    const { provider, services } = this.session;
    const operation = provider.operations.records.name;
    const message = `${provider.account}: ${operation}: ${text}`;
    this.progress.numberWarnings.push(message);
    services.emit({ type: "warning", account: provider.account, operation, message, key, field: null });
  }
}
