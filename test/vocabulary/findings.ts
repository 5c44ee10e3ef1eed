import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { allowedInNames, bannedAtStart, bannedInNames, bannedInText, maxSentenceWords, type Rule } from "./banned.js";

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

/** Returns the sources and the English documents at a path. `banned.ts` is not one of them, because it contains the banned words. */
export function filesAt(path: string): string[] {
  if (statSync(path).isFile()) return /\.(ts|cjs|mjs|md)$/.test(path) && isChecked(path) ? [path] : [];
  return readdirSync(path)
    .filter((name) => !name.startsWith(".") && name !== "node_modules" && name !== "dist")
    .flatMap((name) => filesAt(join(path, name)));
}

const isChecked = (path: string) =>
  !/vocabulary\/(?:banned|vocabulary\.test)\.ts$/.test(path) && !/\.zh-CN\.|docs\/api\//.test(path);

/** Returns the violations of the vocabulary in a source or a document. */
export function findingsIn(file: string, source = readFileSync(file, "utf8")): Finding[] {
  if (file.endsWith(".md")) return findingsInPassages(file, passagesOfMarkdown(source));
  const target = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone };
  const tree = ts.createSourceFile(file, source, target, true);
  return [...findingsInPassages(file, passagesOfSource(tree)), ...findingsInNames(tree)];
}

function findingsInPassages(file: string, passages: readonly Passage[]): Finding[] {
  return passages.flatMap((passage) =>
    findingsOf(passage).map(({ found, instead }) => ({ file, line: passage.line, found, instead })),
  );
}

/** A number of milliseconds, such as `86_400_000` or `30 * 3_600_000`. */
const AMOUNT_MS = /^(?:[\d_.]+ \* )*(?:86_400_000|3_600_000|60_000)(?: \* [\d_.]+)*$/;

/** Returns the declared names that contain a banned word, and in src the constants in milliseconds whose names do not end in `Ms`. */
function findingsInNames(tree: ts.SourceFile): Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    const name = ts.isIdentifier(node) && isDeclaredName(node) ? node.text : null;
    if (name !== null) {
      const at = { file: tree.fileName, line: lineOf(tree, node.getStart(tree)) };
      for (const word of wordsOfName(name.replace(allowedInNames, ""))) {
        const instead = bannedInNames.get(word);
        if (instead !== undefined) findings.push({ ...at, found: `the name ${name}`, instead });
      }
      if (tree.fileName.startsWith("src") && isInMs(node.parent) && !/(?:Ms|_MS)$/.test(name))
        findings.push({ ...at, found: `the name ${name}`, instead: "a name that ends in Ms" });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return findings;
}

/** Whether an identifier is the name of a declaration, and not a use. */
function isDeclaredName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return parent.name === node && parent.propertyName !== undefined;
  return (
    (ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isClassDeclaration(parent) ||
      ts.isInterfaceDeclaration(parent) ||
      ts.isTypeAliasDeclaration(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === node
  );
}

function isInMs(declaration: ts.Node): boolean {
  return ts.isVariableDeclaration(declaration) && AMOUNT_MS.test(declaration.initializer?.getText() ?? "");
}

const wordsOfName = (name: string) =>
  name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[_$]+/);

/** Matches whatever a rule matches, so that most passages need one search instead of one for each rule. */
const anyBanned = new RegExp(bannedInText.map(({ pattern }) => pattern.source).join("|"), "i");

function findingsOf({ text, isDocstring, isProse }: Passage): { found: string; instead: string }[] {
  const prose = withoutCode(text);
  const words = anyBanned.test(prose) ? bannedInText.flatMap((rule) => matchOf(rule, prose)) : [];
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

/** Returns the text without code spans, code blocks, link targets and tags. */
function withoutCode(text: string): string {
  return text
    .replace(/```[\s\S]*?```/g, "")
    .replace(/`[^`]*`/g, "x")
    .replace(/\{@link ([^}]*)\}/g, "x")
    .replace(/\]\([^)]*\)/g, "]")
    .replace(/https?:\/\/\S+/g, "x");
}

function sentencesOf(prose: string): string[] {
  return prose.split(/[.!?:;](?:\s|$)|\n\s*\n|\n\s*[-*|]|\n\s*@|,\s(?=\d)/).map((sentence) => sentence.trim());
}

const wordsIn = (sentence: string) => sentence.split(/\s+/).filter((word) => /\w/.test(word)).length;

function passagesOfMarkdown(source: string): Passage[] {
  const isText = source.replace(/^```[\s\S]*?^```/gm, (block) => block.replace(/[^\n]/g, ""));
  const passages: Passage[] = [];
  let line = 1;
  for (const block of isText.split(/(?<=\n)(?=\s*\n|[-*|#]|\d+\. )/)) {
    passages.push({
      line: line + leadingLines(block),
      text: block,
      isDocstring: false,
      isProse: !block.startsWith("|"),
    });
    line += block.split("\n").length - 1;
  }
  return passages;
}

const leadingLines = (block: string) => (/^(?:[ \t]*\n)*/.exec(block)?.[0].split("\n").length ?? 1) - 1;

function lineOf(tree: ts.SourceFile, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

function passagesOfSource(tree: ts.SourceFile): Passage[] {
  const passages: Passage[] = [];
  const comments = new Map<number, number>();
  const collect = (ranges: readonly ts.CommentRange[] | undefined) => {
    for (const { pos, end } of ranges ?? []) comments.set(pos, end);
  };
  const visited = new Set<number>();
  const collectAt = (position: number) => {
    if (visited.has(position)) return;
    visited.add(position);
    collect(ts.getLeadingCommentRanges(tree.text, position));
    collect(ts.getTrailingCommentRanges(tree.text, position));
  };
  const visit = (node: ts.Node): void => {
    // A string with a space is text for people. A code, a key or a pattern has none.
    if (
      (ts.isStringLiteralLike(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddle(node) ||
        ts.isTemplateTail(node)) &&
      /[a-z]+ [a-z]+/.test(node.text)
    ) {
      passages.push({ line: lineOf(tree, node.getStart(tree)), text: node.text, isDocstring: false, isProse: false });
    }
    collectAt(node.pos);
    collectAt(node.end);
    // Comments in an empty block belong to no other node.
    if (ts.isBlock(node)) collectAt(node.getStart(tree) + 1);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  for (const [pos, end] of comments) {
    const raw = tree.text.slice(pos, end);
    const text = raw
      .replace(/^\/\*+|\*\/$|^\/\/ ?/g, "")
      .replace(/^\s*\* ?/gm, "")
      .replace(/@example[\s\S]*?(?=\n@|$)/g, "")
      .trim();
    if (!/^eslint-|^@ts-|^#__PURE__/.test(text))
      passages.push({ line: lineOf(tree, pos), text, isDocstring: raw.startsWith("/**"), isProse: true });
  }
  return passages;
}
