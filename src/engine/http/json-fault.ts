/** The reason why a text is not JSON, and its position. */
export interface JsonFault {
  /** A description of the first fault. It quotes nothing of the text. */
  rule: string;
  /** Offset of the first wrong character, from 0, in UTF-16 units; the length of the text where it ends too early. */
  offset: number;
  /** Line number, from 1. */
  line: number;
  /** Column number, from 1, in UTF-16 units. */
  column: number;
  /** `foreign`: the text does not begin as JSON. `cut`: it ends before its JSON is complete. `broken`: it begins as JSON and continues as something else. */
  kind: "foreign" | "cut" | "broken";
}

/** A token other than a string. Strings are read without a pattern: a pattern with alternatives exceeds the stack in a long one. */
const TOKEN = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{},:]/y;
const SPACE = /[ \t\n\r]*/y;
/** An incomplete token at the end of a truncated text. */
const CUT_TOKEN = /(?:-|-?(?:0|[1-9]\d*)(?:\.|(?:\.\d+)?[eE][+-]?)|t|tr|tru|f|fa|fal|fals|n|nu|nul)$/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const CUT_ESCAPE = /\\(?:u[0-9a-fA-F]{0,3})?$/y;
const QUOTE = 34;
const BACKSLASH = 92;
const SPACE_CODE = 32;
const LINE = /\r\n|\n|\r/g;

const VALUE = "a value";
const VALUE_OR_END = "a value or `]`";
const NAME = "a name in double quotes";
const NAME_OR_END = "a name in double quotes or `}`";
const COLON = "`:`";
const COMMA_OR_END = "a comma or the end of the list or object";
const END = "nothing more";
type Expected =
  | typeof VALUE
  | typeof VALUE_OR_END
  | typeof NAME
  | typeof NAME_OR_END
  | typeof COLON
  | typeof COMMA_OR_END
  | typeof END;

/**
 * Returns the first fault of a text that `JSON.parse` rejects; null where there is none. The messages of `JSON.parse` are not used, because they differ between
 * versions of Node and quote the text. The time is linear in the length, and nesting uses no stack.
 */
export function jsonFaultOf(text: string): JsonFault | null {
  const begins = matchLength(SPACE, text, 0);
  if (text[begins] !== "{" && text[begins] !== "[")
    return faultAt(text, begins, "it does not begin with `{` or `[`", "foreign");
  const open: ("{" | "[")[] = [];
  let expected: Expected = VALUE;
  for (let offset = begins; ;) {
    offset += matchLength(SPACE, text, offset);
    if (offset === text.length)
      return expected === END ? null : faultAt(text, offset, `it ends where ${expected} should follow`, "cut");
    const token = text.charAt(offset);
    const next = after(token, expected, open);
    let end: number;
    if (token === '"') {
      end = endOfCharacters(text, offset + 1) + 1;
      if (text[end - 1] !== '"') return unfinishedString(text, end - 1);
    } else {
      if (matchLength(CUT_TOKEN, text, offset) > 0) return faultAt(text, text.length, "it ends within a value", "cut");
      end = offset + matchLength(TOKEN, text, offset);
    }
    if (next === null || end === offset)
      return faultAt(text, offset, `it has something else where ${expected} should follow`, "broken");
    expected = next;
    offset = end;
  }
}

/** Returns what is expected after a token, which is identified by its first character; null where the token is not allowed. */
function after(token: string, expected: Expected, open: ("{" | "[")[]): Expected | null {
  const wantsValue = expected === VALUE || expected === VALUE_OR_END;
  const wantsName = expected === NAME || expected === NAME_OR_END;
  switch (token) {
    case "{":
    case "[":
      if (!wantsValue) return null;
      open.push(token);
      return token === "{" ? NAME_OR_END : VALUE_OR_END;
    case "}":
    case "]": {
      const isEmpty = expected === (token === "}" ? NAME_OR_END : VALUE_OR_END);
      const isOpen = open.at(-1) === (token === "}" ? "{" : "[");
      if (!isOpen || (!isEmpty && expected !== COMMA_OR_END)) return null;
      open.pop();
      return open.length === 0 ? END : COMMA_OR_END;
    }
    case ",":
      if (expected !== COMMA_OR_END) return null;
      return open.at(-1) === "{" ? NAME : VALUE;
    case ":":
      return expected === COLON ? VALUE : null;
    case '"':
      if (wantsName) return COLON;
      return wantsValue ? COMMA_OR_END : null;
    default:
      return wantsValue ? COMMA_OR_END : null;
  }
}

/** Returns the position where the characters of a string end: its closing quote, the first illegal character, or the end of the text. */
function endOfCharacters(text: string, from: number): number {
  for (let at = from; ; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || code < SPACE_CODE || Number.isNaN(code)) return at;
    if (code !== BACKSLASH) continue;
    const length = matchLength(ESCAPE, text, at);
    if (length === 0) return at;
    at += length - 1;
  }
}

/** Returns the fault of a string whose characters end here without a closing quote. */
function unfinishedString(text: string, at: number): JsonFault {
  if (at === text.length || matchLength(CUT_ESCAPE, text, at) > 0)
    return faultAt(text, text.length, "it ends within a string", "cut");
  const rule =
    text[at] === "\\"
      ? "the escape in this string does not exist"
      : "this control character must be escaped in a string";
  return faultAt(text, at, rule, "broken");
}

function matchLength(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

function faultAt(text: string, offset: number, rule: string, kind: JsonFault["kind"]): JsonFault {
  let line = 1;
  let begin = 0;
  for (const found of text.slice(0, offset).matchAll(LINE)) {
    line += 1;
    begin = found.index + found[0].length;
  }
  return { rule, offset, line, column: offset - begin + 1, kind };
}
