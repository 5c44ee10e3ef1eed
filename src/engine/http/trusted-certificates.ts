import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Returns the certificates in a PEM text, separately. Null where it contains none, or one that cannot be read. */
export function readCertificates(pem: string): string[] | null {
  const certificates = pem.match(CERTIFICATE);
  return certificates?.every(isReadable) === true ? certificates : null;
}

/** Returns a context that trusts certificates in addition to the process's own. It is created once: reading the usual roots takes longer than a handshake. */
export function trustAlso(certificates: readonly string[]): tls.SecureContext {
  return tls.createSecureContext({ ca: [...usualRoots(tls), ...certificates] });
}

/** The members of `node:tls` that return the usual roots. */
interface Roots {
  rootCertificates: readonly string[];
  /** Available from Node 22.15 on. Includes those of `NODE_EXTRA_CA_CERTS`, and the system's where the process was started to trust them. */
  getCACertificates?: (type: "default") => readonly string[];
}

function usualRoots({ rootCertificates, getCACertificates }: Roots): readonly string[] {
  return getCACertificates?.("default") ?? rootCertificates;
}

function isReadable(certificate: string): boolean {
  try {
    new X509Certificate(certificate);
    return true;
  } catch {
    return false;
  }
}
