import { createHash, timingSafeEqual } from "node:crypto";

/** How the sender of an account's pushes is verified: by the secret in the path, and by `basic` or `bearer` where one of them is given. */
export interface SenderRule {
  /** The last part of the path, which only the vendor's console and this server know. All three vendors can be given such an address. */
  pathSecret: string;
  /** Tencent's setting HTTP Basic. */
  basic?: { user: string; password: string };
  /** Tencent's setting OAuth 2: the token that your token endpoint issues to Tencent. */
  bearer?: string;
}

/** Whether a request comes from somebody who knows the secrets. */
export function isVerified(rule: SenderRule, pathSecret: string, authorization: string | undefined): boolean {
  const { basic, bearer } = rule;
  const expected = [
    ...(basic === undefined ? [] : [`basic ${Buffer.from(`${basic.user}:${basic.password}`).toString("base64")}`]),
    ...(bearer === undefined ? [] : [`bearer ${bearer}`]),
  ];
  // The name of the scheme may have any case.
  const header = (authorization ?? "").replace(/^\w+/, (scheme) => scheme.toLowerCase());
  const isHeader = expected.length === 0 || expected.some((one) => isSame(header, one));
  return isSame(pathSecret, rule.pathSecret) && isHeader;
}

/** Compares in a time that shows nothing of the secret. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
