import type { Partition } from "../../contract/provider.js";
import type { ErrorCode } from "../../model/errors.js";
import type { UntimedEvent } from "../../model/events.js";
import type { OpenWindow } from "./open-window.js";

type Closed = Extract<UntimedEvent, { type: "window-closed" }>;
type End = Pick<Closed, "result" | "error">;

/** The owner of the windows, as events identify it. */
interface WindowOwner {
  provider: string;
  account: string;
  invocation: string;
}

/** Emits the events of the windows of one run. A window is closed once none of its requests is pending, however the run ends. */
export class WindowWatch {
  private readonly entries = new Map<OpenWindow, { operation: string; pending: number; end: End | null }>();

  constructor(
    private readonly owner: WindowOwner,
    private readonly emit: (event: UntimedEvent) => void,
  ) {}

  /** Records that a page of the window is requested. */
  requested(window: OpenWindow, operation: string, { application, parameters }: Partition): void {
    const entry = this.entries.get(window);
    if (entry !== undefined) {
      entry.pending += 1;
      return;
    }
    this.entries.set(window, { operation, pending: 1, end: null });
    const { from, to } = window.bounds ?? { from: null, to: null };
    this.emit({
      type: "window-opened",
      ...this.owner,
      operation,
      window: window.id,
      application,
      parameters: { ...parameters },
      from,
      to,
    });
  }

  /** Records the end of the window. Only the first end is reported. */
  ended(window: OpenWindow, result: Closed["result"], error: ErrorCode | null = null): void {
    const entry = this.entries.get(window);
    if (entry !== undefined) entry.end ??= { result, error };
  }

  /** Records that a request of the window has ended. */
  responded(window: OpenWindow): void {
    const entry = this.entries.get(window);
    if (entry === undefined) return;
    entry.pending -= 1;
    if (entry.pending === 0 && entry.end !== null) this.close(window, entry.operation, entry.end);
  }

  /** Closes all windows at the end of the run. */
  stop(): void {
    for (const [window, { operation, end }] of this.entries)
      this.close(window, operation, end ?? { result: "stopped", error: null });
  }

  private close(window: OpenWindow, operation: string, end: End): void {
    this.entries.delete(window);
    const { account, invocation } = this.owner;
    this.emit({ type: "window-closed", account, operation, invocation, window: window.id, ...end, rows: window.rows });
  }
}
