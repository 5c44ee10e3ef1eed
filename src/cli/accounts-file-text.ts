import { constants, fstatSync, readFileSync, type Stats } from "node:fs";
import { NotARegularFile, openRegularFile } from "../files/regular-file.js";
import { ConfigurationError } from "../model/errors.js";
import { descriptorOf } from "./output/descriptor.js";
import { UsageError } from "./exit-code.js";

const UTF16 = "is encoded in UTF-16. Save it as UTF-8 (in PowerShell: Out-File -Encoding utf8)";

/**
 * Returns the text and the file status of an accounts file.
 * @param check is called with the file status before the file is read.
 * @throws UsageError if it is a folder, a pipe or a device, or cannot be read; ConfigurationError if it is not UTF-8; the errors of `check` and the file system.
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
    if (error instanceof NotARegularFile) throw new UsageError(`${error.message}. --config must name a file.`);
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Reads a pipe that the shell has already opened, as in `--config <(decrypt accounts)`. */
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
  // JSON begins with an ASCII character, so in UTF-16 one of the first two bytes is zero.
  if (hasMark || (bytes.length > 1 && (first === 0) !== (second === 0)))
    throw new ConfigurationError(`${file} ${UTF16}.`);
  try {
    // This also removes a byte order mark, which some editors write.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ConfigurationError(`${file} is not encoded in UTF-8. Save it as UTF-8.`);
  }
}

/** Text that was encoded as a JSON string twice, such as `"\"secretId\""`. */
const QUOTED_TWICE = /^\s*"(?:[^"\\]|\\.)*"\s*$/s;

/** Returns the first key that contains its own quotation marks, such as `"accounts"`; null if there is none. */
export function keyQuotedTwice(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  for (const [key, item] of Object.entries(value)) {
    const found = !Array.isArray(value) && QUOTED_TWICE.test(key) ? key : keyQuotedTwice(item);
    if (found !== null) return found;
  }
  return null;
}
