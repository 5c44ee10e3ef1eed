import { parentPort, workerData } from "node:worker_threads";
import { CallRecordsError, FileCheckpointStore } from "call-records";

/** Locks a checkpoint file, saves once, and keeps running. Sends "held" or the error message to its parent. */
const store = new FileCheckpointStore((workerData as { path: string }).path);
try {
  await store.lock("first");
  await store.save("first", { by: "worker" });
  parentPort?.postMessage("held");
} catch (error) {
  if (!(error instanceof CallRecordsError)) throw error;
  parentPort?.postMessage(error.message);
}
// The listener keeps the thread running until it is terminated.
parentPort?.on("message", () => undefined);
