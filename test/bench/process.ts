import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of the benchmark. It answers one question at a time. */
export interface Process {
  ask<Response>(question: unknown): Promise<Response>;
  stop(): void;
}

interface Told {
  response?: unknown;
  failure?: string;
}

/** What a process is asked first: nothing but whether it has loaded. */
const READY = null;

/**
 * Starts one of the benchmark's processes, and waits until it has loaded what it needs: that must not be measured along.
 * @param name of its file, without the ending.
 * @param nodeOptions such as `--max-old-space-size=64`.
 */
export async function start(name: string, nodeOptions: string[] = []): Promise<Process> {
  // Advanced: options may hold dates and `Infinity`.
  const child = fork(fileURLToPath(new URL(`./processes/${name}.js`, import.meta.url)), [], {
    serialization: "advanced",
    execArgv: nodeOptions,
  });
  const tell = (question: unknown) =>
    new Promise<Told>((resolve, reject) => {
      const endEarly = (code: number | null) => {
        reject(new Error(`The process ${name} ended (${String(code)}) before it answered.`));
      };
      child.once("exit", endEarly);
      child.once("message", (told) => {
        child.off("exit", endEarly);
        resolve(told as Told);
      });
      child.send(question as object);
    });
  const ask = async <Response>(question: unknown): Promise<Response> => {
    const { response, failure } = await tell(question);
    if (failure !== undefined) throw new Error(`The process ${name} failed: ${failure}`);
    return response as Response;
  };
  const stop = () => {
    child.disconnect();
  };
  await ask(READY);
  return { ask, stop };
}

/** Asks a new process one question. */
export async function run<Response>(name: string, question: unknown, nodeOptions?: string[]): Promise<Response> {
  const running = await start(name, nodeOptions);
  const response = await running.ask<Response>(question);
  running.stop();
  return response;
}

/** What a process does with each question: called once in each of the files in `processes`. It ends with the process that started it. */
export function serve(work: (question: never) => Promise<unknown>): void {
  const responseTo = async (question: unknown): Promise<Told> => {
    try {
      return { response: question === READY ? READY : await work(question as never) };
    } catch (error) {
      return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on("message", (question) => {
    void responseTo(question).then((told) => process.send?.(told));
  });
  process.once("disconnect", () => {
    process.exit();
  });
}
