/** Turns rows of one kind into text, batch by batch: what is printed is not kept. */
export interface Printer<Row> {
  /** What comes before the first row. */
  begin(): string;
  rows(rows: readonly Row[]): string;
  /** What comes after the last. */
  end(): string;
}
