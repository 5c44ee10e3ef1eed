/** A signal of an implementation such as the package `abort-controller`: it has no `reason`, no `throwIfAborted`, and is of no class of Node's. */
export class PolyfilledSignal extends EventTarget {
  aborted = false;
  onabort = null;
  declare readonly reason: unknown;
  declare throwIfAborted: () => void;

  abort(): void {
    this.aborted = true;
    this.dispatchEvent(new Event("abort"));
  }
}
