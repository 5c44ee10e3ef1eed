import type { QueryPage } from "../../contract/provider.js";

/** One page to request. */
export interface PageRequest extends QueryPage {
  /** How often this read has requested this page before. */
  repetition: number;
  /** Whether the page is after the last row by the total. It is requested to verify that it is empty. */
  pastEnd: boolean;
}

/** The content of a page. */
export interface PageSeen {
  keys: readonly string[];
  /** Number of keys that no earlier page of this read held. */
  fresh: number;
  total: number | null;
  next: string | null;
  /** Whether the vendor documents this response as "no rows". */
  isDocumentedEmpty?: boolean | undefined;
}

/** The result of reading a window to its end. */
export interface ReadResult {
  /** Number of distinct keys. */
  rows: number;
  /** The largest total that the vendor sent; null where it sent none. */
  total: number | null;
  /** The smallest total that the vendor sent; null where it sent none. */
  leastTotal: number | null;
  /** Whether the total changed during the read. */
  moved: boolean;
  /** Whether the last page with rows was full, as that of a truncated list is. */
  lastPageFull: boolean;
  /** Why the end of a list without a total is not verified, as a clause; null where it is verified, or a total defines the end. */
  unverifiedEnd: string | null;
}
