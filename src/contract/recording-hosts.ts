import { z } from "zod";

/** A label of a host name: letters, digits and hyphens. */
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
/** A name; an IPv4 address is one too. Or a suffix of at least two labels: a shorter one, such as `*.com`, would include the hosts of strangers. */
const HOST = new RegExp(`^(?:(?:${LABEL}\\.)*${LABEL}|\\*\\.(?:${LABEL}\\.)+${LABEL})$`, "i");

/** The schema of the option `recordingHosts`: host names, and suffixes such as `*.example.com`. They are returned in lower case. */
export const recordingHostsSchema = z.array(
  z
    .string()
    .regex(
      HOST,
      "must be a host name without scheme, port and path, such as records.example.com, or a suffix with at least two parts, such as *.example.com",
    )
    .transform((host) => host.toLowerCase()),
);

/** Whether a host is the declared one, or ends in the declared suffix. A suffix `*.example.com` does not include `example.com` itself. */
export function hostMatches(pattern: string, hostname: string): boolean {
  // The host of an absolute DNS name, `example.com.`, is the same host.
  const host = hostname.toLowerCase().replace(/\.$/, "");
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : host === pattern;
}
