import { URL } from "node:url";
import { hostMatches } from "../../contract/recording-hosts.js";
import { isLoopback } from "../../contract/loopback.js";
import type { RecordingsOperation } from "../../contract/recordings.js";
import { ResponseError } from "../../model/errors.js";
import { errorAbout, type ErrorContext } from "../account/failure.js";

/**
 * Checks an address that the vendor returned, and returns the URL to request.
 *
 * An address may lead to any server that a vendor, or somebody who changes its responses, chooses. It must therefore use https and be on a declared host. On
 * this machine, any host and plain http are allowed, but only if the vendor's API itself is on this machine, as in a test.
 * @throws ResponseError that names the rule, and the host, but not the address: its query may contain a signature.
 */
export function checkAddress(
  address: string,
  { endpoint, hosts, upgradesHttp = false }: Pick<RecordingsOperation, "endpoint" | "hosts" | "upgradesHttp">,
  errorContext: ErrorContext,
): string {
  const refused = (rule: string) => errorAbout(ResponseError, errorContext, `: the address of the recording ${rule}.`);
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:"))
    throw refused("is not an absolute https URL");
  // Node would send them in the header `Authorization`.
  if (url.username !== "" || url.password !== "") throw refused("must not contain a user or a password");
  url.hash = "";
  if (isLoopback(url)) {
    if (endpoint !== null && isLoopback(new URL(endpoint))) return url.href;
    throw refused(`is on this machine (${url.host}), but the vendor's API is not. Nothing was sent there`);
  }
  if (!hosts.some((pattern) => hostMatches(pattern, url.hostname))) {
    const declared = hosts.length === 0 ? "declares none" : `declares ${hosts.join(", ")}`;
    throw refused(
      `is on the host ${url.hostname}, which is not declared: the provider ${declared}. Nothing was sent there. If the vendor stores this account's recordings there, add the host to the provider's option \`recordingHosts\``,
    );
  }
  if (url.protocol === "https:") return url.href;
  if (!upgradesHttp || url.port !== "")
    throw refused(`uses plain http (host ${url.host}). Only https is allowed, and nothing was sent there`);
  url.protocol = "https:";
  return url.href;
}
