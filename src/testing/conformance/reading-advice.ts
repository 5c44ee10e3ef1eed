import { CallRecordsError, type ErrorCode, type Provider } from "../../index.js";
import type { PagingRule } from "../../adapter.js";
import { reasonOf } from "./reading.js";

const LIMITS_ADVICE = "Compare `window`, `retentionSeconds`, `paging` and `request` with the vendor's documentation";
const AUTHENTICATION_ADVICE =
  "Compare `auth`, and the credentials of the provider under test, with what the vendor of the test knows; and what `judge` makes of this answer";
const RETRY_ADVICE = "`judge` has this asked again, and it did not pass: compare that with the vendor's documentation";

const advice: Partial<Record<ErrorCode, (paging: PagingRule) => string>> = {
  incomplete: (paging) =>
    `Most likely the adapter declares its pages wrongly. ${pagingAdvice(paging)}; and at \`key\`, which must differ between calls`,
  response: (paging) =>
    `Compare \`answer\` and \`row\` with the vendor's sample. Where it is the pages that cannot be read: ${pagingAdvice(paging)}`,
  request: (paging) => `${LIMITS_ADVICE}. ${pagingAdvice(paging)}`,
  retention: () => LIMITS_ADVICE,
  vendor: (paging) =>
    `${LIMITS_ADVICE}. ${pagingAdvice(paging)}; and at \`judge\`, which must say what passes by itself`,
  authentication: () => AUTHENTICATION_ADVICE,
  permission: () => AUTHENTICATION_ADVICE,
  "rate-limit": () => RETRY_ADVICE,
};

/** What ended a reading, and what to change: the engine's words are for those who use an adapter, not for those who write one. */
export function explain(error: unknown, { operations: { records } }: Provider): string {
  const followedBy = error instanceof CallRecordsError ? advice[error.code]?.(records.paging) : undefined;
  return followedBy === undefined ? reasonOf(error) : `${reasonOf(error)}\n${followedBy}.`;
}

/** What an adapter may have said wrongly of its pages. */
function pagingAdvice(paging: PagingRule): string {
  const total =
    paging.style !== "none" && paging.total
      ? ", and at the `total` that `answer` reads, which must count the rows of the whole window"
      : "";
  switch (paging.style) {
    case "page":
      return `Look at \`paging.first\` (${paging.first}: the vendor may count from ${1 - paging.first}), at \`page.number\` and \`page.size\` in \`request\`, at \`paging.size\` (${paging.size}: the vendor may give fewer)${total}`;
    case "offset":
      return `Look at \`page.offset\` (rows, counted from 0) and \`page.size\` in \`request\`, at \`paging.size\` (${paging.size}: the vendor may give fewer)${total}`;
    case "cursor":
      return `Look at the \`next\` that \`answer\` reads, which must be null on the last page and on no other, at \`page.cursor\` in \`request\`${total}`;
    case "none":
      return "Look at `paging.style`: the vendor may give its rows in pages";
  }
}
