/** Texts that databases change or reject. */
export const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  "NUL": "before\u0000after",
  "a lone high surrogate": "before\ud83dafter",
  "a lone low surrogate": "before\udc00after",
  "an emoji of four bytes": "📞 客户 📞",
  "quotes and backslashes": `'"\`\\'; DROP TABLE call_records; -- %s $1 ? :name {{}}`,
  "control characters": "tab\tline\nreturn\rescape\u001bdelete\u007f",
  "a byte order mark and marks of direction": "\ufeffa\u200e\u202eb",
  "spaces at both ends": "  text  ",
  "64 kB": "记录".repeat(11_000),
};

/** Ids that a database may wrongly treat as equal. */
export const SIMILAR_IDS = [
  "id",
  "ID",
  "id ",
  " id",
  "íd",
  "i\u0301d",
  "id\u0000",
  "id\ud83d",
  "id\ufffd",
  "ｉｄ",
  "1",
  "01",
  "1.0",
];

/** Returns a text as a database may store it: NUL and lone surrogates become U+FFFD. */
export function storable(text: string): string {
  return text.replaceAll("\u0000", "\ufffd").replace(/\p{Surrogate}/gu, "\ufffd");
}
