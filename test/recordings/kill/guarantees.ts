import type { ArchiveState } from "./archive-state.js";
import type { AudioKey } from "./emulated-audio.js";

/** A recording that must be archived. */
export interface ExpectedFile {
  path: string;
  key: AudioKey;
  bytes: number;
  sha256: string;
}

/**
 * Checks an archive at any moment: each file is complete and has one line with its size and SHA-256, and what has a line is complete at its place or in `.parts`.
 * @param expected the recordings, by their paths.
 */
export function checkArchive(
  { entries, files, parts }: ArchiveState,
  expected: ReadonlyMap<string, ExpectedFile>,
): string[] {
  const violations: string[] = [];
  const lines = new Map(entries.map((entry) => [entry.path, entry]));
  if (lines.size < entries.length) violations.push(`${entries.length - lines.size} recordings have two lines`);
  for (const [path, sha256] of files) {
    if (!lines.has(path)) violations.push(`${path} has no line`);
    if (expected.get(path)?.sha256 !== sha256) violations.push(`${path} is not the vendor's audio`);
  }
  for (const { path, bytes, sha256 } of lines.values()) {
    const audio = expected.get(path);
    if (audio?.bytes !== bytes || audio.sha256 !== sha256)
      violations.push(`the line of ${path} differs from the vendor's audio`);
    else if (!files.has(path) && !parts.includes(audio.sha256)) violations.push(`${path} has a line, but no file`);
  }
  return violations;
}

/** Checks an archive after its last run: it has each recording, and nothing else. */
export function checkComplete(state: ArchiveState, expected: ReadonlyMap<string, ExpectedFile>): string[] {
  const missing = [...expected.keys()].filter((path) => !state.files.has(path));
  const rests = [...state.others, ...state.parts.map((sha256) => `a part with the SHA-256 ${sha256}`)];
  return [
    ...checkArchive(state, expected),
    ...missing.map((path) => `${path} was not archived`),
    ...rests.map((name) => `the last run left ${name}`),
  ];
}
