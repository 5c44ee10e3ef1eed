import type { Provider } from "../../index.js";
import { type HttpRequest, type ListOperation, type PageQuery, Zone } from "../../adapter.js";
import type { ConformanceExamples } from "./subject.js";
import { recordingQuery } from "./recording-query.js";
import { listsOf } from "./lists.js";
import { contextOf, selectedLookups } from "./lookup-examples.js";

/** A query and its description. */
export interface SampleQuery {
  what: string;
  query: PageQuery<object>;
}

const DAY_MS = 86_400_000;
/** A Friday in 2026. */
const SAMPLE_INSTANT = Date.UTC(2026, 10, 20, 12);

/** Returns queries of a list. Each differs from the first in one value, so its request must differ too. */
export function sampleQueries(list: ListOperation<object>, timeZone: string): SampleQuery[] {
  const [partition, ...others] = list.partitions({});
  if (partition === undefined) return [];
  const size = list.paging.style === "none" ? 1 : list.paging.size;
  const first = list.paging.style === "page" ? list.paging.first : 0;
  const start: SampleQuery = {
    what: "the first page",
    query: {
      partition,
      window: windowOf(list, timeZone, [0, 2]),
      page: { number: first, offset: 0, cursor: null, size },
      filters: {},
      direction: null,
      numbers: null,
    },
  };
  const { query } = start;
  const queries = [
    start,
    ...others.map((other) => ({
      what: `the partition ${JSON.stringify(other)}`,
      query: { ...query, partition: other },
    })),
  ];
  if (list.window !== null) {
    queries.push({
      what: "a window that begins a unit later",
      query: { ...query, window: windowOf(list, timeZone, [1, 2]) },
    });
    queries.push({
      what: "a window that ends a unit later",
      query: { ...query, window: windowOf(list, timeZone, [0, 3]) },
    });
  }
  if (list.paging.style === "page" || list.paging.style === "offset") {
    queries.push({
      what: "the second page",
      query: { ...query, page: { ...query.page, number: first + 1, offset: size } },
    });
  }
  return queries;
}

/** Returns a provider's requests for the sample queries, and for the keys of a call. */
export function sampleRequests(
  provider: Provider,
  examples: ConformanceExamples,
): { request: HttpRequest; what: string }[] {
  const { recordings } = provider.operations;
  const { recordings: recording } = examples;
  const lists = listsOf(provider).flatMap(({ name, list }) =>
    sampleQueries(list, provider.timeZone).map(({ what, query }) => ({
      request: list.request(query),
      what: `\`${name}.request\` for ${what}`,
    })),
  );
  const lookups = selectedLookups(provider, examples).flatMap(({ lookup, example }) =>
    lookup === null
      ? []
      : [{ request: lookup.request(lookup.keys.parse(example.keys), contextOf(example)), what: "`findCall.request`" }],
  );
  const source = recording === undefined ? undefined : recordings?.locate(recordingQuery(recording));
  const download =
    source === undefined || source.type === "address"
      ? []
      : [{ request: source.request, what: "the request of `recordings.locate`" }];
  return [...lists, ...lookups, ...download];
}

/** Returns a window between two whole units, counted from the sample instant, as the window rule requires. */
function windowOf(
  { window }: ListOperation<object>,
  defaultZone: string,
  [from, to]: [number, number],
): PageQuery<object>["window"] {
  if (window === null) return null;
  const zone = new Zone(window.timeZone ?? defaultZone);
  const boundary = (units: number) => {
    if (window.unit === "day") return zone.startOfDay(SAMPLE_INSTANT + units * DAY_MS);
    return SAMPLE_INSTANT + units * (window.unit === "s" ? 1000 : 1);
  };
  const last = window.unit === "day" && window.end === "inclusive" ? 1000 : 0;
  return { start: new Date(boundary(from)), end: new Date(boundary(to) - last) };
}
