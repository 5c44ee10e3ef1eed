import type { JsonValue } from "call-records";
import type { Random } from "../../src/testing/data/random.js";

/** A value that a tree cannot contain, as it must be written. */
function literal(text: string): string {
  return `⟦${text}⟧`;
}

/** Returns the tree as text with its literals. */
export function printTree(tree: JsonValue): string {
  return JSON.stringify(tree).replace(/"⟦([^⟧]*)⟧"/g, "$1");
}

type Holder = JsonValue[] | Record<string, JsonValue>;
interface Place {
  holder: Holder;
  name: string;
}

function isHolder(value: JsonValue): value is Holder {
  return typeof value === "object" && value !== null;
}

/** Iterates by level, because trees may exceed the depth of recursion. */
function placesIn(tree: JsonValue): Place[] {
  const places: Place[] = [];
  const holders: Holder[] = isHolder(tree) ? [tree] : [];
  for (const holder of holders) {
    for (const [name, value] of Object.entries(holder)) {
      places.push({ holder, name });
      if (isHolder(value)) holders.push(value);
    }
  }
  return places;
}

function read({ holder, name }: Place): JsonValue {
  return (Array.isArray(holder) ? holder[Number(name)] : holder[name]) ?? null;
}

function write({ holder, name }: Place, value: JsonValue): void {
  if (Array.isArray(holder) && !/^\d+$/.test(name)) {
    // A list has no named members.
    holder.push(value);
    return;
  }
  // An assignment to `__proto__` would not create a key of that name.
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

function remove({ holder, name }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else Reflect.deleteProperty(holder, name);
}

const STRANGERS: readonly [JsonValue, ...JsonValue[]] = [
  null,
  true,
  false,
  "",
  " ",
  "0x10",
  "0",
  0,
  -1,
  "-1",
  1,
  -0.5,
  0.1,
  3.7,
  "3.7",
  1e21,
  "1e21",
  literal("9007199254740993"),
  literal("-9007199254740993"),
  9_007_199_254_740_991,
  literal("1e400"),
  literal("-1e400"),
  literal("-0"),
  86_400,
  999_999,
  1_000_000_000_000,
  -1_000_000_000_000,
  8_640_000_000_000,
  8_640_000_000_001,
  8_640_000_000_000_000,
  -62_135_596_801,
  // Values that systems write for an absent time.
  "0000-00-00 00:00:00",
  "0001-01-01 00:00:00",
  "1899-12-30 00:00:00",
  "1900-01-01 00:00:00",
  "1970-01-01 08:00:00",
  "1970-01-01T00:00:00Z",
  "2038-01-19 03:14:07",
  -2_147_483_648,
  2_147_483_647,
  4_294_967_295,
  253_402_300_799,
  253_402_300_799_000,
  -62_135_596_800_000,
  "N/A",
  "None",
  "-",
  "2026-11-19 10:00:00",
  "2026-11-19T10:00:00Z",
  "9999-12-31 23:59:59",
  "0000-01-01 00:00:00",
  "+275760-09-13T00:00:00Z",
  "-000001-01-01T00:00:00Z",
  "2026-02-31 10:00:00",
  "275761",
  "NaN",
  "Infinity",
  "null",
  "[]",
  "{}",
  "\uD800",
  "\u0000",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  [],
  {},
  [[]],
  [null],
  [""],
  [{}],
  { length: -1 },
  { toString: "x" },
  { toJSON: null },
  "http://",
  "https://[",
  "javascript:alert(1)",
  "+",
  "+86",
  "00",
  "x".repeat(3_000),
];
const STRANGE_KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "toJSON",
  "",
  "0",
  "length",
  "then",
] as const;
/** Totals and cursors control paging, so wrong values cause the most harm. */
const COUNT = /^(total|totalcount|size|current|pages|offset|limit|next|cursor|expires|status|retcode)$/i;
const COUNTS: readonly [JsonValue, ...JsonValue[]] = [
  0,
  1,
  -1,
  2,
  3,
  4,
  5,
  7,
  10,
  50,
  150,
  250,
  1_000,
  49_999,
  50_001,
  1_000_000,
  2_000_000_000,
  literal("9007199254740991"),
  "1000000",
  "9007199254740991",
  "7",
  0.5,
  literal("1e400"),
  null,
  "",
];

type TreeMutation = readonly [name: string, apply: (place: Place, random: Random) => void];

const TREE_MUTATIONS: readonly [TreeMutation, ...TreeMutation[]] = [
  [
    "replaced",
    (place, random) => {
      // A copy, because later changes are made in place.
      write(place, structuredClone(random.pick(STRANGERS)));
    },
  ],
  [
    "replaced by a number",
    (place, random) => {
      write(place, Math.floor((random.next() - 0.5) * 10 ** random.integer(0, 18)) / random.pick([1, 1, 1, 7]));
    },
  ],
  [
    "nested in itself",
    (place) => {
      const value = read(place);
      write(place, { self: value, list: [value] });
    },
  ],
  ["removed", remove],
  [
    "renamed",
    (place, random) => {
      const value = read(place);
      remove(place);
      write({ ...place, name: random.pick([`${place.name}x`, ...STRANGE_KEYS]) }, value);
    },
  ],
  [
    "case changed",
    (place, random) => {
      const value = read(place);
      remove(place);
      write({ ...place, name: random.chance(0.5) ? place.name.toUpperCase() : place.name.toLowerCase() }, value);
    },
  ],
  [
    "strange key added",
    (place, random) => {
      write({ ...place, name: random.pick(STRANGE_KEYS) }, { polluted: true });
    },
  ],
  [
    "type swapped",
    (place) => {
      const value = read(place);
      if (typeof value === "number") write(place, String(value));
      else if (typeof value === "string") write(place, Number.isFinite(Number(value)) ? Number(value) : 7);
      else write(place, JSON.stringify(value));
    },
  ],
  [
    "sign changed",
    (place) => {
      const value = read(place);
      if (typeof value === "number") write(place, -value);
      else write(place, `-${typeof value === "string" ? value : ""}`);
    },
  ],
  [
    "list emptied",
    (place) => {
      write(place, Array.isArray(read(place)) ? [] : {});
    },
  ],
  [
    "list tripled",
    (place) => {
      const value = read(place);
      write(place, Array.isArray(value) ? [...value, ...value, ...value] : [value, value, value]);
    },
  ],
  [
    "list turned round",
    (place) => {
      const value = read(place);
      if (Array.isArray(value)) value.reverse();
      else if (isHolder(value)) write(place, Object.entries(value));
    },
  ],
  [
    "element doubled",
    (place) => {
      if (Array.isArray(place.holder)) place.holder.push(read(place));
      else write({ ...place, name: `${place.name}2` }, read(place));
    },
  ],
  [
    "list and object swapped",
    (place) => {
      const value = read(place);
      if (Array.isArray(value)) write(place, Object.fromEntries(value.entries()));
      else write(place, isHolder(value) ? Object.values(value) : { 0: value });
    },
  ],
];

/** Changes a value of a tree in place. Returns the name of the change with its key. */
export function mutateTree(tree: JsonValue, random: Random): string {
  const places = placesIn(tree);
  const counts = places.filter(({ name }) => COUNT.test(name));
  const chosen = random.chance(0.2) && counts.length > 0 ? counts : places;
  const place = chosen[random.integer(0, Math.max(0, chosen.length - 1))];
  if (place === undefined) return "nothing to change";
  if (chosen === counts) {
    write(place, random.pick(COUNTS));
    return `\`${place.name}\` miscounted`;
  }
  const [name, apply] = random.pick(TREE_MUTATIONS);
  apply(place, random);
  return `\`${place.name}\` ${name}`;
}
