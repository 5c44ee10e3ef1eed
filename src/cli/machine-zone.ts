import { realpathSync } from "node:fs";
import { isTimeZone, Zone } from "../contract/zone.js";
import { UsageError } from "./exit-code.js";

/** The time zone of this machine, and a warning about it if there is one. */
export interface MachineZone {
  zone: Zone;
  warning: string | null;
}

const HOUR_MS = 3_600_000;
/** Matches `GMT+8` and `<+08>-8`: an abbreviation, and the hours from it to UTC. */
const POSIX = /^(?:[A-Za-z]{3,}|<[\w+-]+>)[+-]?\d/;

/**
 * Returns the time zone of this machine.
 * @param setting the environment variable TZ.
 * @throws UsageError that names TZ if its value is not a time zone. The runtime would silently use UTC.
 */
export function machineZone(setting = process.env.TZ): MachineZone {
  const resolved: unknown = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = typeof resolved === "string" && isTimeZone(resolved) ? resolved : null;
  // An empty TZ means UTC in POSIX. Without TZ, a machine without a known time zone uses UTC.
  if (setting === undefined) return { zone: Zone.named(known ?? "UTC"), warning: null };
  const name = zoneIn(setting.replace(/^:/, ""));
  if (name === "") return { zone: Zone.named("UTC"), warning: null };
  // The runtime's name for the same zone is preferred.
  if (isTimeZone(name))
    return { zone: Zone.named(known !== null && isSame(known, name) ? known : name), warning: null };
  const fixed = POSIX.test(name) ? fixedZone() : null;
  if (fixed === null)
    throw new UsageError(
      `The environment variable TZ must be an IANA time zone such as Asia/Shanghai, not "${setting}". Correct it, or use --time-zone.${similarZones(name)}`,
    );
  return {
    zone: Zone.named(fixed),
    warning: `The system interprets TZ=${setting} as ${offsetOf(fixed)}. If that is wrong, set TZ to an IANA time zone such as Asia/Shanghai, or use --time-zone.`,
  };
}

/** Returns a sentence that lists the zones of the same area, such as Asia, for a name that does not exist; empty if there is no such area. */
export function similarZones(name: string): string {
  const area = `${name.split("/")[0]?.toLowerCase() ?? ""}/`;
  const zones = name.includes("/")
    ? Intl.supportedValuesOf("timeZone").filter((zone) => zone.toLowerCase().startsWith(area))
    : [];
  return zones.length === 0 ? "" : ` Known zones: ${zones.join(", ")}.`;
}

/** Returns the zone name of a path to a zone file, such as /etc/localtime; any other setting is returned unchanged. */
function zoneIn(setting: string): string {
  if (!setting.startsWith("/")) return setting;
  try {
    return /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realpathSync(setting))?.[1] ?? setting;
  } catch {
    return setting;
  }
}

/** Returns the zone with the system's fixed offset from UTC; null if the offset changes during the year, or is not a whole number of hours. */
function fixedZone(): string | null {
  const [winter, summer] = halfYears().map((instant) => -new Date(instant).getTimezoneOffset());
  if (winter === undefined || winter !== summer || winter % 60 !== 0) return null;
  // In these names, as in POSIX, west of Greenwich is positive.
  const hours = winter / 60;
  const name = hours === 0 ? "UTC" : `Etc/GMT${hours > 0 ? "-" : "+"}${Math.abs(hours)}`;
  return isTimeZone(name) ? name : null;
}

function isSame(one: string, other: string): boolean {
  return halfYears().every((instant) => Zone.named(one).offsetAt(instant) === Zone.named(other).offsetAt(instant));
}

function halfYears(): number[] {
  const year = new Date().getUTCFullYear();
  return [Date.UTC(year, 0, 1), Date.UTC(year, 6, 1)];
}

function offsetOf(name: string): string {
  const hours = Zone.named(name).offsetAt(Date.now()) / HOUR_MS;
  return `UTC${hours < 0 ? "-" : "+"}${String(Math.abs(hours)).padStart(2, "0")}:00`;
}
