/** An object of which fields are read by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** Takes one value of a field, with what the vendor wrote there, and the place in its list; null for a field that is not in a list. */
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

  /** @param raw the vendor's own row; what it holds under the same names is what was written. */
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

  /** Its name in messages. */
  named(index: number | null): string {
    return this.list === null ? this.name : `${this.list}.${index ?? 0}.${this.name}`;
  }

  /** A copy of the row in which it is null. */
  cleared(row: Fields, index: number | null): Fields {
    if (this.list === null) return { ...row, [this.name]: null };
    const members: unknown = row[this.list];
    if (!Array.isArray(members)) return row;
    return { ...row, [this.list]: members.map((member: unknown, place) => (place === index ? { ...fieldsOf(member), [this.name]: null } : member)) };
  }
}

/** The value as an object with fields; null where it is none. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null ? (value as Fields) : null;
}
