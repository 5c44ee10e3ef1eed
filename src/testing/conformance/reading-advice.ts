import { CallRecordsError, type ErrorCode, type Provider } from "../../index.js";
import type { PagingRule } from "../../adapter.js";
import { reasonOf } from "./reading.js";

const LIMITS_ADVICE = "Compare `window`, `retentionSeconds`, `paging` and `request` with the vendor's documentation";
const AUTHENTICATION_ADVICE =
  "Compare `auth` and the credentials of the provider under test with those that the test's vendor accepts, and check how `classify` classifies this response";
const RETRY_ADVICE =
  "`classify` makes the engine retry this failure, but no retry succeeded: compare that with the vendor's documentation";

const advice: Partial<Record<ErrorCode, (paging: PagingRule) => string>> = {
  incomplete: (paging) =>
    `The most likely cause is a wrong declaration of paging. ${pagingAdvice(paging)}, and check \`key\`, which must differ between calls`,
  response: (paging) =>
    `Compare \`responseSchema\` and \`row\` with the vendor's sample. If the failure concerns pages: ${pagingAdvice(paging)}`,
  request: (paging) => `${LIMITS_ADVICE}. ${pagingAdvice(paging)}`,
  retention: () => LIMITS_ADVICE,
  vendor: (paging) =>
    `${LIMITS_ADVICE}. ${pagingAdvice(paging)}, and check \`classify\`, which must return \`retry\` for temporary failures`,
  authentication: () => AUTHENTICATION_ADVICE,
  permission: () => AUTHENTICATION_ADVICE,
  "rate-limit": () => RETRY_ADVICE,
};

/** Returns the error of a read and advice for the adapter's author. The engine's messages are for its users. */
export function explain(error: unknown, { operations: { records } }: Provider): string {
  const followedBy = error instanceof CallRecordsError ? advice[error.code]?.(records.paging) : undefined;
  return followedBy === undefined ? reasonOf(error) : `${reasonOf(error)}\n${followedBy}.`;
}

/** Returns advice about the declaration of paging. */
function pagingAdvice(paging: PagingRule): string {
  const total =
    paging.style !== "none" && paging.total
      ? ", and check the `total` that `responseSchema` returns, which must count the rows of the whole window"
      : "";
  switch (paging.style) {
    case "page":
      return `Check \`paging.first\` (${paging.first}: the vendor may count from ${1 - paging.first}), \`page.number\` and \`page.size\` in \`request\`, and \`paging.size\` (${paging.size}: the vendor may return fewer)${total}`;
    case "offset":
      return `Check \`page.offset\` (rows, counted from 0) and \`page.size\` in \`request\`, and \`paging.size\` (${paging.size}: the vendor may return fewer)${total}`;
    case "cursor":
      return `Check the \`next\` that \`responseSchema\` returns, which must be null on the last page only, and \`page.cursor\` in \`request\`${total}`;
    case "none":
      return "Check `paging.style`: the vendor may return its rows in pages";
  }
}
