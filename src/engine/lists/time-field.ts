import { isDate } from "../../model/instant.js";

/** An object whose fields are read by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Receives one value of a field, the vendor's original value, and its index in a list; null for a field that is not in a list. */
export type TakeValue = (value: unknown, written: unknown, index: number | null) => void;

/** A field of a row, `Name`, or of each member of one of its lists, `List[].Name`. */
export class TimeField {
  private readonly list: string | null;
  private readonly name: string;

  constructor(readonly path: string) {
    const [first = path, name] = path.split("[].");
    this.list = name === undefined ? null : first;
    this.name = name ?? path;
  }

  /** @param raw the vendor's row, with the original values under the same names. */
  each(row: Fields, raw: unknown, take: TakeValue): void {
    const written = fieldsOf(raw);
    if (this.list === null) {
      take(row[this.name], written?.[this.name], null);
      return;
    }
    const members = row[this.list];
    if (!Array.isArray(members)) return;
    const writtenMembers = written?.[this.list];
    for (let index = 0; index < members.length; index += 1) {
      const own = Array.isArray(writtenMembers) ? fieldsOf(writtenMembers[index]) : null;
      take(fieldsOf(members[index])?.[this.name], own?.[this.name], index);
    }
  }

  /** Whether all times of the field are absent or between two instants. Allocates nothing, because nearly all rows are valid. */
  holdsTimes(row: Fields, raw: unknown, first: number, last: number): boolean {
    const written = fieldsOf(raw);
    if (this.list === null) return isTimeWithin(row[this.name], written?.[this.name], first, last);
    const members = row[this.list];
    if (!Array.isArray(members)) return true;
    const writtenMembers = written?.[this.list];
    for (let index = 0; index < members.length; index += 1) {
      const own = Array.isArray(writtenMembers) ? fieldsOf(writtenMembers[index]) : null;
      if (!isTimeWithin(fieldsOf(members[index])?.[this.name], own?.[this.name], first, last)) return false;
    }
    return true;
  }

  /** The time of a field that is not in a list; null where there is none. */
  timeOf(row: Fields): number | null {
    return instantOf(row[this.name]);
  }

  /** Whether the duration of a field that is not in a list is absent or at most `maxMs` milliseconds. */
  holdsDuration(row: Fields, raw: unknown, maxMs: number): boolean {
    if (this.list !== null) return false;
    const value = row[this.name];
    if (value === null || value === undefined) return isNothing(fieldsOf(raw)?.[this.name]);
    return typeof value === "number" && value >= 0 && value * 1000 <= maxMs;
  }

  /** The name of the field in messages. */
  named(index: number | null): string {
    return this.list === null ? this.name : `${this.list}.${index ?? 0}.${this.name}`;
  }

  /** A copy of the row in which the field is null. */
  cleared(row: Fields, index: number | null): Fields {
    if (this.list === null) return { ...row, [this.name]: null };
    const members: unknown = row[this.list];
    if (!Array.isArray(members)) return row;
    return {
      ...row,
      [this.list]: members.map((member: unknown, place) =>
        place === index ? { ...fieldsOf(member), [this.name]: null } : member,
      ),
    };
  }
}

/** Returns the value as an object with fields; null if it is not an object. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null ? (value as Fields) : null;
}

/** Returns epoch milliseconds; null if the value is absent, `NaN` if it is not a time. */
export function instantOf(value: unknown): number | null {
  if (value === null || value === undefined) return null;
  // Converting a Date with `Number` takes several times as long.
  return isDate(value) ? value.getTime() : Number(value);
}

/** Whether the vendor sent no value. */
export function isNothing(written: unknown): boolean {
  return written === undefined || written === null || written === "";
}

/** Whether the vendor sent no time: 0 or no value. */
export function isNoTime(written: unknown): boolean {
  return isNothing(written) || written === 0 || written === "0";
}

function isTimeWithin(value: unknown, written: unknown, first: number, last: number): boolean {
  const at = instantOf(value);
  return at === null ? isNoTime(written) : at >= first && at <= last;
}
