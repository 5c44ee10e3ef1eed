import type { FileHandle } from "node:fs/promises";

const CHUNK = 65_536;
const NEWLINE = 0x0a;
const LINE_BEGIN = '{"type":"';

/** Behind the last line that is whole, and of the whole file; `foreign` where what is behind that line is not the beginning of one of ours. */
export async function endOfLines(file: FileHandle): Promise<{ end: number; size: number; foreign: boolean }> {
  const chunk = Buffer.alloc(CHUNK);
  const { size } = await file.stat();
  let end = 0;
  for (let until = size; until > 0 && end === 0; until -= CHUNK) {
    const begin = Math.max(0, until - CHUNK);
    const { bytesRead } = await file.read(chunk, 0, until - begin, begin);
    const at = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) end = begin + at + 1;
  }
  return { end, size, foreign: !(await isOurLine(file, end)) };
}

/** Whether what begins there is one of our lines, or the beginning of one. */
export async function isOurLine(file: FileHandle, at: number): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE_BEGIN.length), 0, LINE_BEGIN.length, at);
  return LINE_BEGIN.startsWith(buffer.toString("utf8", 0, bytesRead));
}
