declare module "pg-copy-streams" {
  import type { Readable, Writable } from "node:stream";
  import type { Submittable } from "pg";

  /** Returns a stream that sends rows to `copy … from stdin`. */
  export function from(text: string): Writable & Submittable;
  /** Returns a stream of the rows of `copy … to stdout`. */
  export function to(text: string): Readable & Submittable;
}
