import { URL } from "node:url";
import { getProxyForUrl } from "proxy-from-env";
import { ConfigurationError } from "../../model/errors.js";

/** What a proxy's URL has to be. It may hold a password, so it is described, never quoted. */
export const PROXY_RULE =
  "must be an http: or https: URL with nothing after its port, such as http://user:password@proxy.example:3128 (in a password, write / as %2F, ? as %3F, # as %23, @ as %40, % as %25)";

/** Reads a proxy's URL. Null where it breaks {@link PROXY_RULE}. */
export function readProxyUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  // A slash in a password cuts the URL there: what looks like the host is the user's name then, and its port a piece of the password.
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return null;
  return isEncoded(url.username) && isEncoded(url.password) ? url : null;
}

/**
 * The proxy that the environment names for a URL (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in small letters or capitals), or null.
 * @throws ConfigurationError when it breaks {@link PROXY_RULE}.
 */
export function proxyFromEnvironment(url: URL): URL | null {
  const text = getProxyForUrl(url.href);
  if (text === "") return null;
  const proxy = readProxyUrl(withoutGuess(text));
  if (proxy === null)
    throw new ConfigurationError(
      `The proxy in the environment (HTTPS_PROXY, or else ALL_PROXY) ${PROXY_RULE}. The option \`proxy\` takes its place.`,
    );
  return proxy;
}

/** A proxy without a scheme is an http: one to every other tool, but gets the scheme of the request from proxy-from-env. */
function withoutGuess(text: string): string {
  const bare = text.replace(/^https:\/\//, "");
  const guessed =
    bare !== text &&
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].some((name) => process.env[name] === bare);
  return guessed ? `http://${bare}` : text;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
