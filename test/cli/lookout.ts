/** Waits for something to be seen: whoever sees more has it look. */
export class Lookout {
  private readonly waiting = new Set<() => void>();

  look(): void {
    for (const look of this.waiting) look();
  }

  /**
   * Waits until it is so.
   * @param ended what is to be said where it ends before.
   * @throws Error with that.
   */
  async until(isSo: () => boolean, ended: Promise<string>): Promise<void> {
    let look: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => {
      look = () => {
        if (isSo()) resolve();
      };
    });
    this.waiting.add(look);
    look();
    const tooEarly = ended.then((message) => {
      if (!isSo()) throw new Error(message);
    });
    await Promise.race([seen, tooEarly]);
    this.waiting.delete(look);
  }
}
