const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A 32-bit digest (FNV-1a) of a row's content, by which two rows of one key are told apart without keeping them. */
export function digestOf(row: unknown): number {
  if (typeof row !== "object" || row === null) return mix(FNV_OFFSET, print([row]));
  let digest = FNV_OFFSET;
  for (const [name, value] of Object.entries(row)) {
    digest = mix(digest, name);
    digest = mix(digest, typeof value === "string" ? value : print([value]));
  }
  return digest;
}

/** What is too deep to be written is one thing, whatever it holds. */
function print(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return "too deep";
  }
}

function mix(digest: number, text: string): number {
  let mixed = digest;
  for (let index = 0; index < text.length; index += 1) mixed = Math.imul(mixed ^ text.charCodeAt(index), FNV_PRIME);
  // A boundary, so that "ab" + "c" is not "a" + "bc".
  return Math.imul(mixed ^ 0xff, FNV_PRIME) >>> 0;
}
