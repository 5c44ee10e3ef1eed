import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { SerializedError } from "call-records";
import { closeWithFile } from "../closing.js";

/** What a process answers: what it was asked for, or the library's error. */
export type Response = { value: unknown } | { error: SerializedError };

/** Another process, which does one thing after the other. */
export interface OtherProcess {
  readonly pid: number;
  /** @throws TypeError when it ends before it has answered. */
  ask(question: unknown): Promise<Response>;
  /** As a crash ends it. Resolves when it has ended. */
  kill(): Promise<void>;
  /** Resolves when it does nothing any more. */
  pause(): Promise<void>;
  goOn(): void;
}

/**
 * Starts one of the files in `processes`.
 * @param mostBytes that a file may grow to: a disk that is full.
 */
export function start(name: string, mostBytes: number | null = null): Promise<OtherProcess> {
  const script = scriptOf(name);
  return talkTo(
    mostBytes === null
      ? fork(script, [], { execArgv: ["--import", "tsx"] })
      : forkBehind("bash", [], `ulimit -f ${mostBytes / 1024}`, script),
  );
}

/** Starts one of the files in `processes` where a file is mounted by itself over another, as a container has it. */
export function startMounted(name: string, file: string, over: string): Promise<OtherProcess> {
  return talkTo(forkBehind("unshare", ["-m", "sh"], `mount --bind '${file}' '${over}'`, scriptOf(name)));
}

function scriptOf(name: string): string {
  return fileURLToPath(new URL(`./processes/${name}.ts`, import.meta.url));
}

async function talkTo(child: ChildProcess): Promise<OtherProcess> {
  closeWithFile(() => child.kill("SIGKILL"));
  await once(child, "message");
  const { pid } = child;
  if (pid === undefined) throw new TypeError("This process did not start.");
  const ended = once(child, "exit");
  const ask = (question: unknown) =>
    new Promise<Response>((resolve, reject) => {
      const endEarly = () => {
        reject(new TypeError("The process ended before it had answered."));
      };
      child.once("exit", endEarly);
      child.once("message", (response) => {
        child.off("exit", endEarly);
        resolve(response as Response);
      });
      child.send(question as object);
    });
  return {
    pid,
    ask,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async pause() {
      child.kill("SIGSTOP");
      await expect
        .poll(async () => (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /s, "").slice(0, 1))
        .toBe("T");
    },
    goOn() {
      child.kill("SIGCONT");
    },
  };
}

/** A shell does something first, and becomes the process. */
function forkBehind(program: string, shell: readonly string[], command: string, script: string): ChildProcess {
  return fork(script, [], {
    execPath: program,
    execArgv: [...shell, "-c", `${command} && exec "$0" "$@"`, process.execPath, "--import", "tsx"],
  });
}
