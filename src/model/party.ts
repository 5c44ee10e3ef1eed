import { z } from "zod";

/** The calling or the called party: a telephone number as the vendor returns it, and its derived forms. */
export interface Party {
  /** The number as the vendor writes it; null where it returns none, because of number protection or a hidden caller. */
  number: string | null;
  /** The number in E.164 with its `+`; null where the vendor's format does not make it certain. Short local numbers are never completed. */
  e164: string | null;
  /** The number that the other party saw instead of this one (CLIP), or null. */
  displayNumber: string | null;
  /** The vendor's substitute for a number that it protects or encrypts, or null. */
  protectedId: string | null;
  /** The region of the number, as the vendor writes it, or null. */
  region: string | null;
}

/** The person, or the AI, on the company's side of a call. */
export interface Agent {
  /** The staff number, else the vendor's user id; null where neither is known. */
  id: string | null;
  /** The name, else the nickname, as the vendor writes it; null where it shows neither. */
  name: string | null;
  /** The agent's email address at the vendor, or null. */
  email: string | null;
  /** The agent's own telephone, as the vendor writes it, or null. */
  phone: string | null;
  /** The vendor's id of the skill group or agent group that served the call, as text, or null. */
  groupId: string | null;
  /** The name of that group, or null. */
  groupName: string | null;
}

const text = z.string().nullable();

export const partySchema = z.object({
  number: text,
  e164: text,
  displayNumber: text,
  protectedId: text,
  region: text,
}) satisfies z.ZodType<Party>;

export const agentSchema = z.object({
  id: text,
  name: text,
  email: text,
  phone: text,
  groupId: text,
  groupName: text,
}) satisfies z.ZodType<Agent>;
