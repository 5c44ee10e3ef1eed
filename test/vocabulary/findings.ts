import { readFileSync } from "node:fs";
import ts from "typescript";
import { bannedAtStart, bannedInText, maxSentenceWords, type Rule } from "./banned.js";

/** A banned word, construction or long sentence, where it is. */
export interface Finding {
  file: string;
  line: number;
  found: string;
  instead: string;
}

interface Passage {
  line: number;
  text: string;
  isDocstring: boolean;
  isProse: boolean;
}

/** Returns what a source or a document says against the vocabulary. */
export function findingsIn(file: string): Finding[] {
  const source = readFileSync(file, "utf8");
  const passages = file.endsWith(".md") ? passagesOfMarkdown(source) : passagesOfSource(file, source);
  return passages.flatMap((passage) =>
    findingsOf(passage).map(({ found, instead }) => ({ file, line: passage.line, found, instead })),
  );
}

function findingsOf({ text, isDocstring, isProse }: Passage): { found: string; instead: string }[] {
  const prose = withoutCode(text);
  const words = bannedInText.flatMap((rule) => matchOf(rule, prose));
  const starts = isDocstring ? bannedAtStart.flatMap((rule) => matchOf(rule, prose)) : [];
  const long = isProse ? sentencesOf(prose).filter((sentence) => wordsIn(sentence) > maxSentenceWords) : [];
  return [
    ...words,
    ...starts,
    ...long.map((sentence) => ({
      found: `${wordsIn(sentence)} words: ${sentence.slice(0, 60)}…`,
      instead: "two sentences",
    })),
  ];
}

function matchOf({ pattern, instead, allowed }: Rule, prose: string): { found: string; instead: string }[] {
  const match = pattern.exec(allowed === undefined ? prose : prose.replace(allowed, ""));
  return match === null ? [] : [{ found: match[0], instead }];
}

/** Without code spans, code blocks, links' targets and tags, which name things rather than say something. */
function withoutCode(text: string): string {
  return text
    .replace(/```[\s\S]*?```/g, "")
    .replace(/`[^`]*`/g, "x")
    .replace(/\{@link ([^}]*)\}/g, "x")
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/https?:\/\/\S+/g, "x");
}

function sentencesOf(prose: string): string[] {
  return prose.split(/[.!?:;](?:\s|$)|\n\s*\n|\n\s*[-*|]|\n\s*@/).map((sentence) => sentence.trim());
}

const wordsIn = (sentence: string) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length;

function passagesOfMarkdown(source: string): Passage[] {
  const isText = source.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ""));
  const passages: Passage[] = [];
  let line = 1;
  for (const block of isText.split(/(?<=\n)(?=\s*\n|[-*|#]|\d+\. )/)) {
    passages.push({ line, text: block, isDocstring: false, isProse: true });
    line += block.split("\n").length - 1;
  }
  return passages;
}

function passagesOfSource(file: string, source: string): Passage[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line + 1;
  const passages: Passage[] = [];
  for (const { pos, end } of commentsOf(tree)) {
    const raw = source.slice(pos, end);
    const text = raw
      .replace(/^\/\*+|\*\/$|^\/\/ ?/g, "")
      .replace(/^\s*\* ?/gm, "")
      .replace(/@example[\s\S]*?(?=\n@|$)/g, "")
      .trim();
    if (!/^eslint-|^@ts-|^#__PURE__/.test(text))
      passages.push({ line: lineOf(pos), text, isDocstring: raw.startsWith("/**"), isProse: true });
  }
  const visit = (node: ts.Node): void => {
    // Text for people has a space in it; a code, a key or a pattern has none.
    if (
      (ts.isStringLiteralLike(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddle(node) ||
        ts.isTemplateTail(node)) &&
      /[a-z]+ [a-z]+/.test(node.text)
    ) {
      passages.push({ line: lineOf(node.getStart(tree)), text: node.text, isDocstring: false, isProse: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return passages;
}

function commentsOf(tree: ts.SourceFile): { pos: number; end: number }[] {
  const found = new Map<number, { pos: number; end: number }>();
  const text = tree.text;
  const visit = (node: ts.Node): void => {
    for (const range of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []) found.set(range.pos, range);
    for (const range of ts.getTrailingCommentRanges(text, node.getEnd()) ?? []) found.set(range.pos, range);
    node.getChildren(tree).forEach(visit);
  };
  visit(tree);
  return [...found.values()];
}
