import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of the benchmark. It runs one task at a time. */
export interface Process {
  run<Result>(task: unknown): Promise<Result>;
  stop(): void;
}

/** The reply of a process to a task. */
export interface Message {
  result?: unknown;
  failure?: string;
}

/** The first task of a process, which only checks that it has loaded. */
const READY = null;

/**
 * Starts a process of the benchmark, and waits until it has loaded its modules, which must not be measured.
 * @param name the name of its file without the extension.
 * @param nodeOptions options of Node, such as `--max-old-space-size=64`.
 */
export async function start(name: string, nodeOptions: string[] = []): Promise<Process> {
  // `advanced`, because tasks may contain dates and `Infinity`.
  const child = fork(fileURLToPath(new URL(`./processes/${name}.js`, import.meta.url)), [], {
    serialization: "advanced",
    execArgv: nodeOptions,
  });
  const send = (task: unknown) =>
    new Promise<Message>((resolve, reject) => {
      const endEarly = (code: number | null) => {
        reject(new Error(`The process ${name} exited with ${String(code)} before it returned a result.`));
      };
      child.once("exit", endEarly);
      child.once("message", (message) => {
        child.off("exit", endEarly);
        resolve(message as Message);
      });
      child.send(task as object);
    });
  const runTask = async <Result>(task: unknown): Promise<Result> => {
    const { result, failure } = await send(task);
    if (failure !== undefined) throw new Error(`The process ${name} failed: ${failure}`);
    return result as Result;
  };
  const stop = () => {
    child.disconnect();
  };
  await runTask(READY);
  return { run: runTask, stop };
}

/** Runs one task in a new process. */
export async function run<Result>(name: string, task: unknown, nodeOptions?: string[]): Promise<Result> {
  const child = await start(name, nodeOptions);
  const result = await child.run<Result>(task);
  child.stop();
  return result;
}

/** Runs each task that this process receives. Each file in `processes` calls it once. The process ends with its parent. */
export function serve(work: (task: never) => Promise<unknown>): void {
  const resultOf = async (task: unknown): Promise<Message> => {
    try {
      return { result: task === READY ? READY : await work(task as never) };
    } catch (error) {
      return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on("message", (task) => {
    void resultOf(task).then((message) => process.send?.(message));
  });
  process.once("disconnect", () => {
    process.exit();
  });
}
