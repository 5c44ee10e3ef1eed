import { findCallOperationsOf, type LookupContext, type LookupOperation } from "../../adapter.js";
import type { Provider } from "../../index.js";
import type { ConformanceExamples, LookupExample } from "./subject.js";

/** An example, and the lookup that its keys select; null where they select none. */
export interface SelectedLookup {
  example: LookupExample;
  lookup: LookupOperation | null;
}

/** Returns the examples of lookups. */
export function lookupExamples({ findCall }: ConformanceExamples): readonly LookupExample[] {
  if (findCall === undefined) return [];
  return "response" in findCall ? [findCall] : findCall;
}

/** Returns each example with the lookup that `findCall` would use for its keys. */
export function selectedLookups({ operations }: Provider, examples: ConformanceExamples): SelectedLookup[] {
  return lookupExamples(examples).map((example) => {
    const selected = findCallOperationsOf(operations).find(({ keys }) => keys.strict().safeParse(example.keys).success);
    return { example, lookup: selected?.type === "lookup" ? selected : null };
  });
}

export function contextOf({ application = null }: { application?: string | null }): LookupContext {
  return { application };
}
