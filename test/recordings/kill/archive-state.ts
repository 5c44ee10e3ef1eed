import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { ManifestEntry } from "call-records";

export const MANIFEST = "manifest.ndjson";
const PARTS = ".parts";

/** The contents of an archive, read without the library. */
export interface ArchiveState {
  /** The lines of the manifest, in their order. */
  entries: readonly ManifestEntry[];
  /** The SHA-256 of each file at its place, by its path. */
  files: ReadonlyMap<string, string>;
  /** The SHA-256 of each file in `.parts`. */
  parts: readonly string[];
  /** Names that are none of these. A killed process leaves its lock. */
  others: readonly string[];
}

export function readArchive(directory: string): ArchiveState {
  const files = new Map<string, string>();
  const parts: string[] = [];
  const others: string[] = [];
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    const file = join(directory, name);
    if (!statSync(file).isFile() || name === MANIFEST) continue;
    if (!name.includes(sep)) others.push(name);
    else if (name.startsWith(`${PARTS}${sep}`)) parts.push(hashOf(readFileSync(file)));
    else files.set(name.replaceAll(sep, "/"), hashOf(readFileSync(file)));
  }
  const manifest = join(directory, MANIFEST);
  const text = existsSync(manifest) ? readFileSync(manifest, "utf8") : "";
  // The first line names the version. A last line without its end does not count.
  const lines = text.split("\n").slice(1, -1);
  return { entries: lines.map((line) => JSON.parse(line) as ManifestEntry), files, parts, others };
}

export function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
