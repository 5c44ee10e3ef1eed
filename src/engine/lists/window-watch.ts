import type { Partition } from "../../contract/provider.js";
import type { ErrorCode } from "../../model/errors.js";
import type { UntimedEvent } from "../../model/events.js";
import type { OpenWindow } from "./open-window.js";

type Closed = Extract<UntimedEvent, { type: "window-closed" }>;
type End = Pick<Closed, "result" | "error">;

/** Whose windows they are, as events tell it. */
interface WindowOwner {
  provider: string;
  account: string;
  invocation: string;
}

/** Tells of the windows of one run: of each that it is opened, and once nothing of it is under way any more that it is closed, however the run ends. */
export class WindowWatch {
  private readonly watched = new Map<OpenWindow, { operation: string; underWay: number; end: End | null }>();

  constructor(
    private readonly owner: WindowOwner,
    private readonly emit: (event: UntimedEvent) => void,
  ) {}

  /** A page of it is asked for. */
  asked(window: OpenWindow, operation: string, { application, parameters }: Partition): void {
    const known = this.watched.get(window);
    if (known !== undefined) {
      known.underWay += 1;
      return;
    }
    this.watched.set(window, { operation, underWay: 1, end: null });
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

  /** Nothing more of it is asked for; the first end is the one that is told. */
  ended(window: OpenWindow, result: Closed["result"], error: ErrorCode | null = null): void {
    const known = this.watched.get(window);
    if (known !== undefined) known.end ??= { result, error };
  }

  /** A page of it was answered, or will not be. */
  answered(window: OpenWindow): void {
    const known = this.watched.get(window);
    if (known === undefined) return;
    known.underWay -= 1;
    if (known.underWay === 0 && known.end !== null) this.close(window, known.operation, known.end);
  }

  /** The run is over. */
  stop(): void {
    for (const [window, { operation, end }] of this.watched)
      this.close(window, operation, end ?? { result: "stopped", error: null });
  }

  private close(window: OpenWindow, operation: string, end: End): void {
    this.watched.delete(window);
    const { account, invocation } = this.owner;
    this.emit({ type: "window-closed", account, operation, invocation, window: window.id, ...end, rows: window.rows });
  }
}
