/** The segment of each call. A fork stores only its differences from the shared map. */
export class CallPlaces {
  private readonly changes = new Map<string, string | null>();

  constructor(private readonly shared: Map<string, string>) {}

  fork(): CallPlaces {
    const fork = new CallPlaces(this.shared);
    for (const [place, name] of this.changes) fork.changes.set(place, name);
    return fork;
  }

  /** Writes the differences to the shared map. */
  adopt(): void {
    for (const [place, name] of this.changes) {
      if (name === null) this.shared.delete(place);
      else this.shared.set(place, name);
    }
    this.changes.clear();
  }

  get(place: string): string | undefined {
    const changed = this.changes.get(place);
    return changed === undefined ? this.shared.get(place) : (changed ?? undefined);
  }

  set(place: string, name: string): void {
    this.changes.set(place, name);
  }

  delete(place: string): void {
    this.changes.set(place, null);
  }
}
