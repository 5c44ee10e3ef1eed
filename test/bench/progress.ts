/** Writes a line about the progress to standard error, because standard output is for the table. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
