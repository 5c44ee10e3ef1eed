import { Random } from "../../src/testing/data/random.js";
import { mutateResponse, mutateRow } from "./response-mutations.js";
import { faultsOfError, faultsOfText } from "./error-faults.js";
import { MemoryTransport, MAX_REQUESTS, type Tampering } from "./memory-transport.js";
import { faultsOfFound, faultsOfRecord, faultsOfReport, faultsOfSummary } from "./value-faults.js";
import { clientOf, type Handed, handedOut, type RecordedScenario, type VendorUnderTest } from "./vendor-under-test.js";

/** Shorter pieces of a request are not secrets and may occur anywhere. */
const SHORTEST_PROOF = 16;
/** Real time after which a call is considered endless. */
const SETTLES_WITHIN_MS = 10_000;
const SHOWN_CHARACTERS = 600;

/** Runs the mutation of a seed. Returns its faults, or null. */
export async function faultsOfMutation(vendor: VendorUnderTest, seed: number): Promise<string | null> {
  const random = new Random(seed * 2_654_435_761);
  return random.chance(0.12) ? normalizeMutatedRow(vendor, seed, random) : playMutatedResponse(vendor, seed, random);
}

async function playMutatedResponse(vendor: VendorUnderTest, seed: number, random: Random): Promise<string | null> {
  const scenario = random.pick(vendor.scenarios);
  const exchange = random.pick(scenario.exchanges);
  const valid = random.chance(0.15) ? random.pick(vendor.refusals) : exchange.response;
  const { response, changes } = mutateResponse(valid, random);
  const tampering: Tampering = { exchange, extent: random.pick(["once", "question", "operation"]), response };
  const { faults, outcome } = await play(vendor, scenario, tampering, random);
  if (faults.length === 0) return null;
  return report(
    seed,
    `${scenario.name}, ${exchange.operation}, ${tampering.extent}, ${changes.join(", ")}`,
    `HTTP ${response.status} ${response.text}`,
    outcome,
    faults,
  );
}

/** Plays a scenario from memory and returns the faults of its results. */
export async function play(
  vendor: VendorUnderTest,
  scenario: RecordedScenario,
  tampering: Tampering | null,
  random: Random,
): Promise<{ faults: string[]; outcome: string; handed: Handed }> {
  const handed = handedOut();
  const transport = new MemoryTransport({ ...vendor, exchanges: scenario.exchanges }, tampering);
  const client = clientOf(vendor.provider, transport, random, handed);
  const failure = await settled(scenario.play(client, handed, random));
  await client.close();
  const secrets = [...vendor.secrets, ...transport.proofs].filter(
    (secret) => secret.length >= SHORTEST_PROOF || vendor.secrets.includes(secret),
  );
  const faults = [
    ...(failure === null ? [] : faultsOfError(failure.error, secrets)),
    ...(transport.requests > MAX_REQUESTS ? [`it sent more than ${MAX_REQUESTS} requests`] : []),
    ...handed.records.flatMap(faultsOfRecord),
    ...handed.found.flatMap(faultsOfFound),
    ...handed.summaries.flatMap(faultsOfSummary),
    ...handed.reports.flatMap(faultsOfReport),
    ...faultsOfText("a report", JSON.stringify(handed.reports), secrets),
    ...faultsOfText("an event", JSON.stringify(handed.events), secrets),
    ...faultsOfPrototypes(),
  ];
  const outcome =
    failure === null
      ? `${handed.records.length} records, ${handed.found.length} found, ${handed.summaries.length} summaries`
      : String(failure.error);
  return { faults, outcome: `${outcome} (${transport.requests} requests)`, handed };
}

/** Returns the error of a promise, null for a success. A promise that does not settle in time is an error. */
async function settled(promise: Promise<unknown>): Promise<{ error: unknown } | null> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`it has not settled within ${SETTLES_WITHIN_MS} ms`));
    }, SETTLES_WITHIN_MS);
  });
  return Promise.race([promise, patience])
    .then(
      () => null,
      (error: unknown) => ({ error }),
    )
    .finally(() => {
      clearTimeout(timer);
    });
}

function normalizeMutatedRow(vendor: VendorUnderTest, seed: number, random: Random): string | null {
  const kept = vendor.rows[random.integer(0, vendor.rows.length - 1)];
  if (kept === undefined) throw new TypeError("The vendor has no rows.");
  const { row, changes } = mutateRow(kept.row, random);
  const handed = handedOut();
  const client = clientOf(vendor.provider, new MemoryTransport({ ...vendor, exchanges: [] }, null), random, handed);
  let outcome = "a record";
  const faults: string[] = [];
  try {
    faults.push(...faultsOfRecord(client.normalize(vendor.provider.account, row, { application: kept.application })));
  } catch (error) {
    outcome = String(error);
    faults.push(...faultsOfError(error, vendor.secrets));
  }
  faults.push(...faultsOfPrototypes());
  return faults.length === 0
    ? null
    : report(seed, `normalize, ${changes.join(", ")}`, JSON.stringify(row), outcome, faults);
}

function faultsOfPrototypes(): string[] {
  const touched: readonly object[] = [Object.prototype, Array.prototype, Function.prototype];
  const isPolluted = "polluted" in {} || touched.some((prototype) => Object.keys(prototype).length > 0);
  return isPolluted ? ["a prototype was polluted"] : [];
}

function report(seed: number, what: string, text: string, outcome: string, faults: readonly string[]): string {
  const shown =
    text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
  return [
    `Seed ${seed}: ${what}`,
    ...faults.slice(0, 5).map((fault) => `  fault: ${fault}`),
    `  response: ${shown}`,
    `  outcome: ${outcome.slice(0, SHOWN_CHARACTERS)}`,
  ].join("\n");
}
