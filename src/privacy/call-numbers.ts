import type { FoundCall } from "../model/call-record.js";
import type { Party } from "../model/party.js";
import { hashesIn, maskOf } from "./mask-key.js";
import { NumberFinder } from "./number-finder.js";
import { numbersInField, partiesOf } from "./number-identity.js";

/** The numbers that a call names, and their masks. */
export class CallNumbers {
  readonly finder = new NumberFinder();
  private readonly masks = new Map<string, string>();
  private readonly fields = new Map<string, string>();
  /** The E.164 numbers of the parties. */
  private readonly known: readonly string[];

  constructor(
    call: FoundCall,
    private readonly key: string | Uint8Array,
  ) {
    const parties = partiesOf(call);
    this.known = [...new Set(parties.flatMap(({ e164 }) => (e164?.startsWith("+") === true ? [e164] : [])))];
    for (const party of parties) this.addParty(party);
    const agents = [call.agent, ...call.legs.map(({ agent }) => agent)];
    const agentIds = new Set(agents.map((agent) => agent?.id));
    for (const { number, transferredFrom, transferredTo } of call.legs)
      for (const field of [number, transferredFrom, transferredTo])
        // A participant may be an agent, whose id stays.
        if (field === number || !agentIds.has(field)) this.addField(field);
    for (const agent of agents) this.addField(agent?.phone ?? null);
  }

  /** Returns the masked field of a number. A field without a number stays. */
  field(text: string): string {
    return this.fields.get(text) ?? this.finder.replaceIn(text);
  }

  private addParty({ number, e164, displayNumber, protectedId }: Party): void {
    for (const field of [number, displayNumber, protectedId]) this.addField(field, field === number ? e164 : null);
    this.addField(e164);
  }

  /** @param e164 the E.164 number of the field, where the record has it. */
  private addField(field: string | null, e164: string | null = null): void {
    if (field === null || hashesIn(field) !== null || this.fields.has(field)) return;
    const { identities, isLiteral } = numbersInField(field, this.known);
    const certain = !isLiteral && e164?.startsWith("+") === true ? e164 : null;
    const masks = identities.map((identity) => this.add(identity, certain ?? identity));
    if (masks.length === 0) return;
    this.fields.set(field, masks.join(","));
    if (isLiteral) this.finder.addLiteral(field, masks.join(","));
  }

  /** Adds a number that is found by one identity and hashed by another. */
  private add(found: string, hashed: string): string {
    const mask = this.masks.get(hashed) ?? maskOf(hashed, this.key);
    this.masks.set(hashed, mask);
    this.finder.add(hashed, mask);
    if (found !== hashed) this.finder.add(found, mask);
    return mask;
  }
}
