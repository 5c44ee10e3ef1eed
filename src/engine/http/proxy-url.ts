import { URL } from "node:url";
import { getProxyForUrl } from "proxy-from-env";
import { ConfigurationError } from "../../model/errors.js";

/** The rule for a proxy's URL, for messages. The URL itself is never quoted, because it may contain a password. */
export const PROXY_RULE =
  "must be an http: or https: URL with nothing after its port, such as http://user:password@proxy.example:3128 (in a password, write / as %2F, ? as %3F, # as %23, @ as %40, % as %25)";

/** Returns a proxy's URL, or null where it breaks {@link PROXY_RULE}. */
export function readProxyUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  // An unescaped slash in a password ends the host part of the URL: the parsed host is then the user's name, and the parsed port is part of the password.
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") return null;
  return isEncoded(url.username) && isEncoded(url.password) ? url : null;
}

/**
 * Returns the proxy that the environment names for a URL (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, in lower or upper case), or null.
 * @throws ConfigurationError when it breaks {@link PROXY_RULE}.
 */
export function proxyFromEnvironment(url: URL): URL | null {
  const text = getProxyForUrl(url.href);
  if (text === "") return null;
  const proxy = readProxyUrl(withDefaultScheme(text));
  if (proxy === null)
    throw new ConfigurationError(
      `The proxy in the environment (HTTPS_PROXY, or else ALL_PROXY) ${PROXY_RULE}. The option \`proxy\` overrides it.`,
    );
  return proxy;
}

/** Adds `http:` to a proxy without a scheme, as other tools do. The package proxy-from-env adds the scheme of the request instead. */
function withDefaultScheme(text: string): string {
  const bare = text.replace(/^https:\/\//, "");
  const hadNoScheme =
    bare !== text &&
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].some((name) => process.env[name] === bare);
  return hadNoScheme ? `http://${bare}` : text;
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
