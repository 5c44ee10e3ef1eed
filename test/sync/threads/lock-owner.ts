import { parentPort, workerData } from "node:worker_threads";
import { CallRecordsError, FileCheckpointStore } from "call-records";

/** Takes the lock of a file of checkpoints, saves once, and stays; its parent hears "held", or the error. */
const store = new FileCheckpointStore((workerData as { path: string }).path);
try {
  await store.lock("first");
  await store.save("first", { by: "worker" });
  parentPort?.postMessage("held");
} catch (error) {
  if (!(error instanceof CallRecordsError)) throw error;
  parentPort?.postMessage(error.message);
}
// It stays until it is terminated.
parentPort?.on("message", () => undefined);
