/** A signal of an implementation such as the package `abort-controller`: it has no `reason` and no `throwIfAborted`, and extends no class of Node. */
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
