const closing: (() => unknown)[] = [];

/** Registers a function that closes a resource. It is called after the last test of the file that opened the resource. */
export function closeWithFile(close: () => unknown): void {
  closing.push(close);
}

/** Closes the resources of one file, in the order in which they were opened. */
export async function closeResources(): Promise<void> {
  for (const close of closing.splice(0)) await close();
}
