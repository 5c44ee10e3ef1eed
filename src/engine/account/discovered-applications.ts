/**
 * The applications of one account during one call of the client. They are requested once, when the first list is read. Until then, the lists of the account are
 * those that its adapter returns without applications: no request is sent for them.
 */
export class DiscoveredApplications {
  private request: Promise<readonly string[]> | null = null;
  private found: readonly string[] | null = null;
  private kept: readonly string[] = [];
  private hidesUnlisted = false;

  /** The applications whose lists the account has: those that the vendor lists, and those that are kept. Undefined where none are known yet. */
  get all(): readonly string[] | undefined {
    const kept = this.hidesUnlisted ? [] : this.kept;
    if (this.found === null && kept.length === 0) return undefined;
    return [...new Set([...(this.found ?? []), ...kept])];
  }

  /** The applications that the vendor lists; null before its response. */
  get listed(): readonly string[] | null {
    return this.found;
  }

  /** The kept applications that the vendor does not list. */
  get unlisted(): readonly string[] {
    return this.kept.filter((application) => !this.isListed(application));
  }

  /** Keeps the lists of applications that an earlier pass has read. Where the vendor no longer lists one, its list is not requested, and remains unread. */
  keep(applications: readonly string[]): void {
    this.kept = applications;
  }

  /** Whether the lists of an application can be requested. */
  isListed(application: string | null): boolean {
    return this.found === null || application === null || this.found.includes(application);
  }

  /** Runs a part of the work on the lists that can be requested. */
  async withoutUnlisted<Result>(work: () => Promise<Result>): Promise<Result> {
    this.hidesUnlisted = true;
    try {
      return await work();
    } finally {
      this.hidesUnlisted = false;
    }
  }

  /** Requests the applications once. Resolves with false if they were known before. */
  async find(request: () => Promise<readonly string[]>): Promise<boolean> {
    if (this.found !== null) return false;
    this.request ??= request();
    this.found = [...new Set(await this.request)];
    return true;
  }
}
