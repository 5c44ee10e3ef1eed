export function megabytes(bytes: number): number {
  return bytes / 2 ** 20;
}
