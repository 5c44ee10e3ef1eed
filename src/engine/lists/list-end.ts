import type { PagingRule } from "../../contract/provider.js";
import type { PageRequest, PageSeen } from "./page.js";

/** The evidence of a read's pages for the end of the list. */
export class ListEnd {
  /** Why the end of a list without a total is not verified, as a clause; null where it is. */
  unverifiedReason: string | null = null;
  /** The empty page that is being requested a second time; null where there is none. */
  private firstEmptyPage: PageSeen | null = null;
  /** The last page with rows by list order, the number of pages with rows, and the size of the largest. */
  private last = { offset: -1, rows: 0, pages: 0, mostRows: 0 };

  constructor(
    private readonly rule: PagingRule,
    private readonly requestedSize: number,
  ) {}

  /** A single page is full at the requested size. In a list of several pages, a page is full at the common size, or by cursor at the size of the largest. */
  isLastPageFull(size: number): boolean {
    const { rows, pages, mostRows } = this.last;
    if (this.rule.style === "none" || rows <= 1) return false;
    if (pages <= 1) return rows >= this.requestedSize;
    return rows >= (this.rule.style === "cursor" ? mostRows : size);
  }

  /** Records that a page is requested again. */
  requestAgain(page: PageSeen): void {
    this.firstEmptyPage = page.keys.length === 0 ? page : null;
  }

  /** Records the evidence of a page for the end of a list without a total. */
  note(request: PageRequest, page: PageSeen): void {
    if (page.fresh < page.keys.length && this.last.pages > 0)
      this.unverifiedReason ??= "a later page repeated rows, so others may have been skipped";
    const { firstEmptyPage } = this;
    this.firstEmptyPage = null;
    if (page.keys.length > 0) {
      const { offset, rows, pages, mostRows } = this.last;
      const isLast = request.offset >= offset;
      const received = page.keys.length;
      this.last = {
        offset: isLast ? request.offset : offset,
        rows: isLast ? received : rows,
        pages: pages + 1,
        mostRows: Math.max(mostRows, received),
      };
      if (firstEmptyPage !== null)
        this.unverifiedReason ??= "a page was empty, and held rows when it was requested again";
    } else if (firstEmptyPage !== null) {
      this.unverifiedReason ??= this.reasonAfter([firstEmptyPage, page]);
    }
  }

  /** Returns why a page that was empty twice does not verify the end; null where it does. */
  private reasonAfter(twice: readonly PageSeen[]): string | null {
    const isDocumented = ({ isDocumentedEmpty = false }: PageSeen) => isDocumentedEmpty;
    if (this.last.pages > 0)
      return twice.some(isDocumented) ? "the vendor's response for no data came after pages with rows" : null;
    // Where no total is declared, an empty list is normal. Where one is declared, an empty list without it is not evidence.
    const isNormal = this.rule.style === "none" || !this.rule.total;
    return isNormal || twice.every(isDocumented)
      ? null
      : "an empty list came without the total that the vendor documents";
  }
}
