import { constants, fstatSync, readFileSync, type Stats } from "node:fs";
import { NotARegularFile, openRegularFile } from "../files/regular-file.js";
import { ConfigurationError } from "../model/errors.js";
import { descriptorOf } from "./output/descriptor.js";
import { UsageError } from "./usage-error.js";

const UTF16 = "is encoded in UTF-16. Save it as UTF-8 (of PowerShell: Out-File -Encoding utf8)";

/**
 * The text of a file of accounts, and what the file system says of the file that was read.
 * @param check looks at the file before it is read.
 * @throws UsageError when it is a folder, a pipe or a device, or may not be read; ConfigurationError when it is not in UTF-8; what `check` throws.
 */
export async function readAccountsText(
  file: string,
  check: (found: Stats) => Promise<void>,
): Promise<{ text: string; found: Stats }> {
  try {
    const descriptor = descriptorOf(file);
    if (descriptor !== null) return await readDescriptor(file, descriptor, check);
    const handle = await openRegularFile(file, constants.O_RDONLY);
    try {
      const found = await handle.stat();
      await check(found);
      return { text: decode(file, await handle.readFile()), found };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof UsageError || error instanceof ConfigurationError) throw error;
    if (error instanceof NotARegularFile) throw new UsageError(`${error.message}: accounts are read from a file.`);
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A pipe of the shell's, as in `--config <(decrypt accounts)`: whoever writes to it has it open already. */
async function readDescriptor(
  file: string,
  descriptor: number,
  check: (found: Stats) => Promise<void>,
): Promise<{ text: string; found: Stats }> {
  const found = fstatSync(descriptor);
  await check(found);
  return { text: decode(file, readFileSync(descriptor)), found };
}

function decode(file: string, bytes: Buffer): string {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // JSON begins with an ASCII character or a blank: in UTF-16, one of its first two bytes is zero.
  if (hasMark || (bytes.length > 1 && (first === 0) !== (second === 0)))
    throw new ConfigurationError(`${file} ${UTF16}.`);
  try {
    // Some editors begin a file with a byte order mark, which this removes.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigurationError(`${file} is not encoded in UTF-8. Save it as UTF-8.`);
  }
}

/** Text that its program wrote as a string once more: `"\"secretId\""`. */
const QUOTED_TWICE = /^\s*"(?:[^"\\]|\\.)*"\s*$/s;

/** A key such as `"accounts"` with its quotes in it; null where there is none. */
export function keyQuotedTwice(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const found = !Array.isArray(value) && QUOTED_TWICE.test(key) ? key : keyQuotedTwice(item);
    if (found !== null) return found;
  }
  return null;
}
