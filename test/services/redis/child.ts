import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { closeWithFile } from "../../closing.js";

/** Starts a program of `processes/`. It is killed with the test file. */
export function startChild(name: string, args: readonly string[] = []): ChildProcessByStdio<Writable, Readable, null> {
  const file = fileURLToPath(new URL(`processes/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", file, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  closeWithFile(() => child.kill("SIGKILL"));
  return child;
}

/** Resolves with the next line that a program prints. */
export async function nextLine(child: ChildProcessByStdio<Writable, Readable, null>): Promise<string> {
  let printed = "";
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    if (printed.includes("\n")) break;
  }
  return printed.trim();
}
