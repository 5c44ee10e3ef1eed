/**
 * What is kept of a call, as one text: the content hash that was handed out last. Where an application has several lists, the last content that each list
 * showed follows, as `/list` where it is the one that was handed out, else as `/list=hash`. A `!` before it all says that the call has to be handed out
 * again, whatever its content.
 */
export type RowVersions = string;

/** The content hash that was handed out last. */
export function deliveredOf(versions: RowVersions): string {
  const begin = versions.startsWith("!") ? 1 : 0;
  const end = versions.indexOf("/");
  return versions.slice(begin, end < 0 ? undefined : end);
}

/** Whether the call has to be handed out again, whatever its content. */
export function isStale(versions: RowVersions): boolean {
  return versions.startsWith("!");
}

/** The last content that a list showed; undefined where it has not shown the call. */
export function shownBy(versions: RowVersions, list: number): string | undefined {
  return listsOf(versions).get(list);
}

/** The versions once a list has shown this content, and it was handed out. @param list null where the application has one list only. */
export function withDelivered(versions: RowVersions | undefined, list: number | null, hash: string): RowVersions {
  if (list === null) return hash;
  return print(hash, listsOf(versions ?? "").set(list, hash));
}

/** The versions once a list has shown this content, and it was not handed out. */
export function withShown(versions: RowVersions, list: number, hash: string): RowVersions {
  return `${isStale(versions) ? "!" : ""}${print(deliveredOf(versions), listsOf(versions).set(list, hash))}`;
}

/** The versions of a call that has to be handed out again. */
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

function print(delivered: string, lists: ReadonlyMap<number, string>): RowVersions {
  return [delivered, ...[...lists].map(([list, hash]) => (hash === delivered ? String(list) : `${list}=${hash}`))].join(
    "/",
  );
}
