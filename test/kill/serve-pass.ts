import type { PassMessage } from "./pass-process.js";

/**
 * Runs the pass that the campaign sends to this process. The process then waits until it is killed.
 * @param run resolves with the last message. It sends other messages meanwhile.
 * @param failed returns the last message of a pass that has failed.
 */
export function servePass<Message extends PassMessage>(
  run: (pass: unknown, send: (message: Message) => void) => Promise<Message>,
  failed: (text: string, error: unknown) => Message,
): void {
  const send = (message: PassMessage) => {
    process.send?.(message);
  };
  process.once("message", (pass) => {
    send({ event: "started" });
    run(pass, send).then(send, (error: unknown) => {
      send(failed(error instanceof Error ? (error.stack ?? error.message) : String(error), error));
    });
  });
  process.once("disconnect", () => {
    process.exit();
  });
  send({ event: "ready" });
}
