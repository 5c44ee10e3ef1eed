import { providedValues } from "../adapter.js";
import type { ProvidedValues } from "../index.js";
import { builtInValues } from "../provided-values.js";
import type { ReadMetricsOptions } from "./metrics-options.js";

/** Returns the function that returns the values that a provider provides, by its id. */
export function valuesByProvider(capabilities: ReadMetricsOptions["capabilities"]): (id: string) => ProvidedValues {
  const given = new Map<string, ProvidedValues>();
  for (const { provider, provides } of capabilities ?? []) {
    const [values, known] = [providedValues(provides), given.get(provider)];
    given.set(provider, known === undefined ? values : commonValues(known, values));
  }
  return (id) => given.get(id) ?? builtInValues.get(id) ?? providedValues();
}

/** Returns the values that both provide. */
export function commonValues(one: ProvidedValues, other: ProvidedValues): ProvidedValues {
  const [codes, otherCodes] = [one.menuAbandonCodes, other.menuAbandonCodes];
  return {
    inbound: one.inbound && other.inbound,
    outbound: one.outbound && other.outbound,
    abandoned: one.abandoned && other.abandoned,
    menuAbandonCodes: codes === null || otherCodes === null ? null : codes.filter((code) => otherCodes.includes(code)),
    waitSeconds: one.waitSeconds && other.waitSeconds,
    talkSeconds: one.talkSeconds && other.talkSeconds,
  };
}
