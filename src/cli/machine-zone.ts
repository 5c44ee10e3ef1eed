import { realpathSync } from "node:fs";
import { isTimeZone, Zone } from "../contract/zone.js";
import { UsageError } from "./usage-error.js";

/** The zone of this machine, and what is to be said about it. */
export interface MachineZone {
  zone: Zone;
  warning: string | null;
}

const HOUR_MS = 3_600_000;
/** `GMT+8` or `<+08>-8`: an abbreviation, and the hours from it to UTC. */
const POSIX = /^(?:[A-Za-z]{3,}|<[\w+-]+>)[+-]?\d/;

/**
 * The zone in which this machine shows times.
 * @param setting the environment variable TZ.
 * @throws UsageError that names TZ, where it is set to what is no zone: the runtime would take it for UTC without a word.
 */
export function machineZone(setting = process.env.TZ): MachineZone {
  const resolved: unknown = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = typeof resolved === "string" && isTimeZone(resolved) ? resolved : null;
  // An empty TZ is UTC by POSIX. Without a TZ, a machine that tells nothing shows UTC.
  if (setting === undefined) return { zone: Zone.named(known ?? "UTC"), warning: null };
  const name = zoneIn(setting.replace(/^:/, ""));
  if (name === "") return { zone: Zone.named("UTC"), warning: null };
  // The runtime's own name for it, where it means the same.
  if (isTimeZone(name))
    return { zone: Zone.named(known !== null && isSame(known, name) ? known : name), warning: null };
  const fixed = POSIX.test(name) ? fixedZone() : null;
  if (fixed === null)
    throw new UsageError(
      `The environment variable TZ must be an IANA time zone such as Asia/Shanghai, not "${setting}". Set it, or give --time-zone.${zonesBeside(name)}`,
    );
  return {
    zone: Zone.named(fixed),
    warning: `TZ=${setting} means ${offsetOf(fixed)} to the system. If that is not meant, set TZ to an IANA time zone such as Asia/Shanghai, or give --time-zone.`,
  };
}

/** What there is instead of a zone that does not exist: all of its part of the world, such as those of Asia. Empty where there is no such part. */
export function zonesBeside(name: string): string {
  const area = `${name.split("/")[0]?.toLowerCase() ?? ""}/`;
  const zones = name.includes("/")
    ? Intl.supportedValuesOf("timeZone").filter((zone) => zone.toLowerCase().startsWith(area))
    : [];
  return zones.length === 0 ? "" : ` There are ${zones.join(", ")}.`;
}

/** The zone that a path to a file of zones names, such as /etc/localtime; anything else as it is. */
function zoneIn(setting: string): string {
  if (!setting.startsWith("/")) return setting;
  try {
    return /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(realpathSync(setting))?.[1] ?? setting;
  } catch {
    return setting;
  }
}

/** The zone of so many hours from UTC as the system has now, all the year; null where there is none. */
function fixedZone(): string | null {
  const [winter, summer] = halfYears().map((instant) => -new Date(instant).getTimezoneOffset());
  if (winter === undefined || winter !== summer || winter % 60 !== 0) return null;
  // In these names the sign is that of POSIX: west of Greenwich is positive.
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
