/** The code and the message of a refusal in a body; null where one is not found. */
export interface BodyRefusal {
  code: string | null;
  message: string | null;
}

/** Endings of field names, in lower case and without `_` and `-`. Vendors use the same few, with prefixes such as `error`, `ret` and `resp`. */
const CODE_NAME = /code$|^(?:status|error)$/;
const MESSAGE_NAME = /(?:message|msg|desc|description)$|^(?:reason|detail)$/;
/** Nested objects that may contain a refusal. */
const INNER_NAMES = new Set(["error", "response", "result", "data"]);
/** Maximum length of a quoted text, in characters. */
const MAX_LENGTH = 300;
const BUSY =
  /(?<![a-z])busy(?![a-z])|too[ _](many|frequent|fast)|try (it )?again|retry later|overload|throttl|rate.?limit|temporarily|unavailable|\btimed? ?out\b|繁忙|频繁|稍后/i;

/** Returns the code and the message of a refusal in a body, by their usual names; null where there is neither. */
export function refusalIn(body: unknown, depth = 2): BodyRefusal | null {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return null;
  const refusal: BodyRefusal = { code: null, message: null };
  let inner: BodyRefusal | null = null;
  for (const [name, value] of Object.entries(body)) {
    const plain = name.toLowerCase().replaceAll(/[_-]/g, "");
    if (CODE_NAME.test(plain)) refusal.code ??= textOf(value);
    if (MESSAGE_NAME.test(plain)) refusal.message ??= textOf(value);
    if (INNER_NAMES.has(plain) && depth > 1) inner ??= refusalIn(value, depth - 1);
  }
  const found = { code: refusal.code ?? inner?.code ?? null, message: refusal.message ?? inner?.message ?? null };
  return found.code === null && found.message === null ? null : found;
}

/** Whether the text of a refusal states that the same request may succeed a little later. */
export function saysBusy({ code, message }: BodyRefusal): boolean {
  return BUSY.test(code ?? "") || BUSY.test(message ?? "");
}

function textOf(value: unknown): string | null {
  const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return text === "" ? null : text.slice(0, MAX_LENGTH);
}
