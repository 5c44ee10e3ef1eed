import type { Provider } from "../contract/provider.js";
import { isTimeZone, parseIso, Zone } from "../contract/zone.js";
import { machineZone, similarZones } from "./machine-zone.js";
import { UsageError } from "./exit-code.js";
import { parseSpanMs } from "./times.js";

/** The time zone of the dates in the arguments and of the printed times. */
export interface CommandZone {
  zone: Zone;
  /** The sentence of the final report that names the zone. */
  description: string;
  warnings: string[];
}

type ZonedAccount = Pick<Provider, "account" | "timeZone">;

/**
 * Returns the named zone, else the zone of the accounts if they have the same one, else the zone of the machine.
 * @param times the values of options that are times. If one is a date, and the accounts have different zones, a warning states which zone applies.
 * @throws UsageError if the named zone is unknown; or if the machine's zone applies, and TZ is not a time zone.
 */
export function chooseZone(
  name: string | undefined,
  accounts: readonly ZonedAccount[],
  times: readonly string[],
): CommandZone {
  if (name !== undefined) return { ...described(namedZone(name)), warnings: [] };
  const [first, ...others] = accounts.map(({ timeZone }) => Zone.named(timeZone));
  if (first !== undefined && others.every((other) => canonical(other) === canonical(first)))
    return { ...described(first), warnings: [] };
  const { zone, warning } = machineZone();
  const machine = warning === null ? [] : [warning];
  if (first === undefined) return { ...described(zone), warnings: machine };
  const different = `the accounts have different time zones (${accounts.map(({ account, timeZone }) => `${account}: ${timeZone}`).join(", ")})`;
  const choice = `A date is in the machine's time zone, ${zone.name}, because ${different}. Use --time-zone to choose one.`;
  return {
    zone,
    description: `Times are in ${zone.name}, the machine's time zone, because ${different}.`,
    warnings: times.some(isInZone) ? [...machine, choice] : machine,
  };
}

function described(zone: Zone): Pick<CommandZone, "zone" | "description"> {
  return { zone, description: `Times are in ${zone.name}.` };
}

function namedZone(name: string): Zone {
  if (isTimeZone(name)) return Zone.named(name);
  throw new UsageError(
    `--time-zone must be an IANA time zone such as Asia/Shanghai, not "${name}".${similarZones(name)}`,
  );
}

/** Returns the runtime's name of a zone, which is the same for all its aliases, such as PRC and Asia/Shanghai. */
function canonical({ name }: Zone): string {
  return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone;
}

/** Whether the zone determines the instant that a time names, as for `2026-11-01` and `yesterday`. */
function isInZone(text: string): boolean {
  return text !== "now" && parseSpanMs(text) === null && parseIso(text) === null;
}
