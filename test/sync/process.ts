import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import type { SerializedError } from "call-records";
import { bundled } from "../bundled.js";
import { closeWithFile } from "../closing.js";

/** The result of a command: its value, or the library's error. */
export type CommandResult = { value: unknown } | { error: SerializedError };

/** Another process, which runs one command at a time. */
export interface OtherProcess {
  readonly pid: number;
  /**
   * Sends a command and returns its result.
   * @throws TypeError when the process ends before it has sent the result.
   */
  send(command: unknown): Promise<CommandResult>;
  /** Kills the process, as a crash would, and resolves when it has ended. */
  kill(): Promise<void>;
  /** Stops the process, and resolves when it is stopped. */
  pause(): Promise<void>;
  /** Continues a stopped process. */
  resume(): void;
}

/**
 * Starts one of the files in `processes`.
 * @param maxFileBytes the largest size of a file that the process may write, which simulates a full disk.
 */
export function start(name: string, maxFileBytes: number | null = null): Promise<OtherProcess> {
  const script = scriptOf(name);
  return connectTo(
    maxFileBytes === null
      ? fork(script, [], { execArgv: [] })
      : forkAfter("bash", [], `ulimit -f ${maxFileBytes / 1024}`, script),
  );
}

/** Starts one of the files in `processes` with a single file mounted over another one, as containers do. */
export function startMounted(name: string, file: string, over: string): Promise<OtherProcess> {
  return connectTo(forkAfter("unshare", ["-m", "sh"], `mount --bind '${file}' '${over}'`, scriptOf(name)));
}

function scriptOf(name: string): string {
  return bundled(new URL(`./processes/${name}.ts`, import.meta.url));
}

async function connectTo(child: ChildProcess): Promise<OtherProcess> {
  closeWithFile(() => child.kill("SIGKILL"));
  await once(child, "message");
  const { pid } = child;
  if (pid === undefined) throw new TypeError("The process did not start.");
  const ended = once(child, "exit");
  const send = (command: unknown) =>
    new Promise<CommandResult>((resolve, reject) => {
      const rejectOnExit = () => {
        reject(new TypeError("The process ended before it sent the result."));
      };
      child.once("exit", rejectOnExit);
      child.once("message", (response) => {
        child.off("exit", rejectOnExit);
        resolve(response as CommandResult);
      });
      child.send(command as object);
    });
  return {
    pid,
    send,
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
    resume() {
      child.kill("SIGCONT");
    },
  };
}

/** Starts a shell that runs a command and is then replaced by the process. */
function forkAfter(program: string, shell: readonly string[], command: string, script: string): ChildProcess {
  return fork(script, [], {
    execPath: program,
    execArgv: [...shell, "-c", `${command} && exec "$0" "$@"`, process.execPath],
  });
}
