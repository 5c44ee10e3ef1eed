/**
 * The stored versions of a call, as one text. It begins with the content hash of the last delivery. When an application has several lists, the last content in
 * each list follows: `/list` when it equals the delivered one, otherwise `/list=hash`. A leading `!` means that the call must be delivered again, whatever its
 * content.
 */
export type RowVersions = string;

/** Returns the content hash of the last delivery. */
export function deliveredOf(versions: RowVersions): string {
  const begin = versions.startsWith("!") ? 1 : 0;
  const end = versions.indexOf("/");
  return versions.slice(begin, end < 0 ? undefined : end);
}

/** Whether the call must be delivered again, whatever its content. */
export function isStale(versions: RowVersions): boolean {
  return versions.startsWith("!");
}

/** Returns the hash of the last content in a list; undefined when the list has not contained the call. */
export function shownBy(versions: RowVersions, list: number): string | undefined {
  return listsOf(versions).get(list);
}

/** Returns the versions after this content of a list was delivered. @param list null when the application has only one list. */
export function withDelivered(versions: RowVersions | undefined, list: number | null, hash: string): RowVersions {
  if (list === null) return hash;
  return format(hash, listsOf(versions ?? "").set(list, hash));
}

/** Returns the versions after a list showed this content, which was not delivered. */
export function withShown(versions: RowVersions, list: number, hash: string): RowVersions {
  return `${isStale(versions) ? "!" : ""}${format(deliveredOf(versions), listsOf(versions).set(list, hash))}`;
}

/** Returns the versions of a call that must be delivered again. */
export function asStale(versions: RowVersions): RowVersions {
  return isStale(versions) ? versions : `!${versions}`;
}

function listsOf(versions: RowVersions): Map<number, string> {
  const [, ...lists] = versions.split("/");
  return new Map(
    lists.map((text) => {
      const [list = "", hash = deliveredOf(versions)] = text.split("=");
      return [Number(list), hash];
    }),
  );
}

function format(delivered: string, lists: ReadonlyMap<number, string>): RowVersions {
  return [delivered, ...[...lists].map(([list, hash]) => (hash === delivered ? String(list) : `${list}=${hash}`))].join(
    "/",
  );
}
