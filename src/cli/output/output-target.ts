/** Where text goes, no faster than it is taken. */
export interface OutputTarget {
  /** What of it can be found where, for the closing report; null for standard output. */
  readonly path: string | null;
  write(text: string): Promise<void>;
  /** All has been written: a file takes its place. */
  finish(): Promise<void>;
  /** It will not be whole: a file is left as it was. */
  discard(): Promise<void>;
}
