/** Tells how far the benchmark is, away from the table. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
