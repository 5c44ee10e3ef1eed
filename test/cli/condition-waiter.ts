/** Waits until a condition holds. The owner calls `check` after every change that may affect it. */
export class ConditionWaiter {
  private readonly checks = new Set<() => void>();

  check(): void {
    for (const check of this.checks) check();
  }

  /**
   * Waits until the condition holds.
   * @param ended resolves with a message when the condition can no longer change.
   * @throws Error with that message if the condition does not hold by then.
   */
  async until(holds: () => boolean, ended: Promise<string>): Promise<void> {
    let check: () => void = () => undefined;
    const fulfilled = new Promise<void>((resolve) => {
      check = () => {
        if (holds()) resolve();
      };
    });
    this.checks.add(check);
    check();
    const tooEarly = ended.then((message) => {
      if (!holds()) throw new Error(message);
    });
    await Promise.race([fulfilled, tooEarly]);
    this.checks.delete(check);
  }
}
