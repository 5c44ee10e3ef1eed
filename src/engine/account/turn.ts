import type { Milestones } from "../http/transport.js";
import type { Clock } from "./clock.js";

/** A request's turn in the pace. Tells the rate limiter, once, that it has been answered, and when it had left. */
export class Turn implements Milestones {
  private sentAt: number | undefined;
  private isOver = false;

  constructor(
    private readonly noteAnswer: (sentAt?: number) => void,
    private readonly clock: Clock,
  ) {}

  sent(): void {
    this.sentAt = this.clock.now();
  }

  /** Also called when no answer came. */
  answered(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.noteAnswer(this.sentAt);
  }
}
