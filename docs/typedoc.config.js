import { createRequire } from "node:module";
import {
  Comment,
  CommentTag,
  Converter,
  makeRecursiveVisitor,
  ReferenceReflection,
  ReflectionKind,
  ReflectionType,
} from "typedoc";

/** Every entry of the package, as its exports name them. */
const { exports } = createRequire(import.meta.url)("../package.json");
const entryPoints = Object.values(exports).flatMap(({ import: built }) =>
  built === undefined ? [] : [built.types.replace("./dist/", "../src/").replace(".d.ts", ".ts")],
);

/** Where in the source a symbol stands tells what it is to a reader. What is first is shown first; of several that fit, the first counts. */
const GROUPS = [
  ["Client", /^src\/([\w-]+|model\/events|engine\/http\/network-options)\.ts$/],
  ["Providers", /^src\/providers\//],
  ["Calls, usage and reports", /^src\/(model\/(?!errors)|engine\/calls\/)/],
  ["Errors", /^src\/model\/errors\.ts$/],
  ["Sync", /^src\/engine\/(sync|checkpoints)\//],
  ["Seams", /^src\/engine\//],
  ["Adapter contract", /^src\/contract\//],
  ["Conformance suite", /^src\/testing\/conformance\//],
  ["Emulator", /^src\/testing\//],
];

/** Puts each symbol into its group, in whichever entries it is. */
function groupBySource({ project }) {
  for (const symbol of project.getReflectionsByKind(ReflectionKind.Module).flatMap(({ children }) => children ?? [])) {
    const isReference = symbol instanceof ReferenceReflection;
    const path = project.getSymbolIdFromReflection(
      isReference ? symbol.getTargetReflectionDeep() : symbol,
    )?.packagePath;
    const [name] = GROUPS.find(([, files]) => files.test(path)) ?? [];
    if (name === undefined) throw new Error(`docs/typedoc.config.js: ${path} is in none of the GROUPS.`);
    if (isReference) symbol.comment = new Comment();
    // What has no comment is not given one here: it is to be refused.
    for (const { comment } of [symbol, ...(symbol.signatures ?? [])])
      comment?.blockTags.push(new CommentTag("@group", [{ kind: "text", text: name }]));
  }
}

/** Names the zod schemas in place of spelling them out: their members are documented where the type is that they read. */
function nameSchemas({ project }) {
  const visitor = makeRecursiveVisitor({
    reference(type) {
      if (type.package !== "zod" || type.typeArguments === undefined) return;
      const spelledOut = type.typeArguments.filter((argument) => argument instanceof ReflectionType);
      for (const literal of spelledOut) project.removeTypeReflections(literal);
      type.typeArguments = spelledOut.length === 0 ? type.typeArguments : undefined;
    },
  });
  for (const { type } of Object.values(project.reflections)) type?.visit(visitor);
}

/** Spells out types of nothing but words, such as outcomes, that the source takes off a list of them. */
function spellOutWords(context, symbol) {
  if (symbol.kind !== ReflectionKind.TypeAlias) return;
  const type = context.checker.getDeclaredTypeOfSymbol(context.getSymbolFromReflection(symbol));
  if (type.isUnion() && type.types.every((word) => word.isStringLiteral()))
    symbol.comment?.modifierTags.add("@useDeclaredType");
}

/** @param {import("typedoc").Application} app */
function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, spellOutWords);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, groupBySource);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, nameSchemas);
}

/** @type {Partial<import("typedoc").TypeDocOptions>} */
export default {
  entryPoints,
  tsconfig: "../tsconfig.json",
  // `npm run typecheck` does that.
  skipErrorChecking: true,
  readme: "../README.md",
  projectDocuments: ["*.md", "../CONTRIBUTING.md", "../SECURITY.md", "../CHANGELOG.md"],
  out: "api",
  plugin: [load],
  groupOrder: GROUPS.map(([name]) => name),
  sortEntryPoints: false,
  // What is called comes before what it is called with.
  kindSortOrder: [
    "Document",
    "Module",
    "Class",
    "Function",
    "Interface",
    "TypeAlias",
    "Variable",
    "Constructor",
    "Property",
    "Accessor",
    "Method",
  ],
  sort: ["kind", "instance-first", "source-order"],
  disableSources: true,
  excludeExternals: true,
  excludeInternal: true,
  hideGenerator: true,
  navigation: { includeGroups: true },
  requiredToBeDocumented: [
    "Module",
    "Class",
    "Interface",
    "TypeAlias",
    "Variable",
    "Function",
    "Constructor",
    "Method",
    "Accessor",
    "Property",
  ],
  // Internal: it stands for the keys of the providers at hand.
  intentionallyNotExported: ["KeysOf"],
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};
