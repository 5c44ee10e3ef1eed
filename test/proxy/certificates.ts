import { readFileSync } from "node:fs";

const read = (file: string) => readFileSync(new URL(`certificates/${file}`, import.meta.url), "utf8");

/** The root certificate that signed all the others. No machine trusts it by default. */
export const AUTHORITY = read("authority.crt");

export type Holder = "vendor" | "proxy" | "expired";

export const certificateOf = (holder: Holder) => ({ cert: read(`${holder}.crt`), key: read(`${holder}.key`) });
