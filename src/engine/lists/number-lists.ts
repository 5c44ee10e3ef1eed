import { textsOf } from "../../contract/phone-number.js";
import type { ListOperation, Page, Partition } from "../../contract/provider.js";
import type { PlannedWindow } from "./planned-window.js";

/** The texts of one request with the vendor's number filter. */
type NumberGroup = readonly string[];

/** Returns the texts to request with the vendor's own number filter, in groups that one request can contain; null if the filter is not used. */
export function numberGroupsOf(
  { numberFilter }: ListOperation<unknown>,
  filters: Readonly<Record<string, unknown>>,
  numbers: readonly string[] | null,
): readonly NumberGroup[] | null {
  if (numbers === null || numberFilter?.isUsed !== true || filters[numberFilter.name] !== undefined) return null;
  const { textsPerRequest: size } = numberFilter;
  const texts = [...new Set(numbers.flatMap(textsOf))];
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, place) =>
    texts.slice(place * size, (place + 1) * size),
  );
}

/** Returns each partition once for each group. A row may be in several of these lists, as in overlapping windows. */
export function numberLists(
  partitions: readonly Partition[],
  groups: readonly NumberGroup[],
): { partitions: Partition[]; numberTexts: readonly NumberGroup[] } {
  return {
    partitions: partitions.flatMap((partition) => groups.map(() => partition)),
    numberTexts: partitions.flatMap(() => groups),
  };
}

/** The filter must save at least this factor. The windows that are read with it are not verified. */
const LEAST_SAVING = 2;

/**
 * Whether the number filter saves at least half of the requests. The first page of the whole list shows how many calls the windows hold. With the filter,
 * each window of each list is assumed to have one page.
 */
export function savesRequests(
  whole: readonly PlannedWindow[],
  filtered: readonly PlannedWindow[],
  window: PlannedWindow,
  { total, rows }: Page,
  size: number,
): boolean {
  if (total === null || window.span === null) return false;
  const received = rows?.length ?? 0;
  const rowsPerPage = received > 0 && received < total ? Math.min(received, size) : size;
  const rowsPerMs = total / (window.span.to - window.span.from);
  const requests = whole.reduce(
    (sum, { span }) =>
      sum + (span === null ? 1 : Math.max(1, Math.ceil(((span.to - span.from) * rowsPerMs) / rowsPerPage))),
    0,
  );
  // The first page was already requested.
  return (1 + filtered.length) * LEAST_SAVING <= requests;
}
