import type { Reporter, TestModule } from "vitest/node";

/** Prints the counts on the last line, in a form that any CI can parse. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    let slow = 0;
    for (const module of modules) {
      if (module.state() === "failed" && module.children.size === 0) count.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "skipped" && test.tags.includes("slow")) slow += 1;
        else count[state] += 1;
      }
    }
    const skipped = count.skipped + count.pending;
    // The default reporter prints its summary in the same turn of the event loop. This line must come after it.
    setImmediate(() => {
      const others = [
        ...(skipped > 0 ? [`${skipped} skipped`] : []),
        ...(slow > 0 ? [`${slow} slow ones left to npm run test:full`] : []),
      ];
      console.log(`\n${[`${count.passed} passed, ${count.failed} failed`, ...others].join(", ")}`);
    });
  }
}
