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

/** The tasks of users, in the order of the pages. */
const TASKS = [
  "Client",
  "Vendors",
  "Records",
  "Usage",
  "Sync",
  "Destinations",
  "Recordings",
  "Privacy",
  "Scale",
  "Metrics",
  "Report",
  "Errors",
  "Events",
  "Adapters",
  "Testing",
];

/** The task of a symbol, by its source file and its name. The first match counts. */
const RULES = [
  ["Errors", /^src\/model\/errors\./],
  ["Events", /^src\/model\/events\./],
  ["Testing", /^src\/testing\//],
  ["Adapters", /^src\/contract\//],
  ["Destinations", /^src\/(destinations|audit)\/|stored-call\.|import-checkpoints\.|sync\/destination\./],
  ["Recordings", /^src\/archive\/|\/open-recording\.| \w*Recording\w*$/],
  ["Privacy", /^src\/privacy\//],
  ["Scale", /^src\/scale\//],
  ["Metrics", /^src\/metrics\//],
  ["Report", /^src\/report\//],
  ["Sync", /^src\/(operations\/sync|engine\/checkpoints)\/| \w*(Sync|Checkpoint|Abandoned|WithStore)\w*$/],
  ["Usage", /^src\/(operations\/usage\/|model\/usage)| \w*Usage\w*$/],
  ["Client", /^src\/(client|environment|vendors|ranges)|^src\/(providers|engine)\/|\/capabilities\./],
  ["Records", /^src\/(operations|model|columns)\//],
];

/** Adds each symbol to the group of its task, in every entry that exports it. */
function groupByTask({ project }) {
  for (const symbol of project.getReflectionsByKind(ReflectionKind.Module).flatMap(({ children }) => children ?? [])) {
    const isReference = symbol instanceof ReferenceReflection;
    const path = project.getSymbolIdFromReflection(
      isReference ? symbol.getTargetReflectionDeep() : symbol,
    )?.packagePath;
    // The plugin lists the members of a group in a table only if none of them is a reference to another entry.
    const [name] = isReference ? ["Vendors"] : (RULES.find(([, rule]) => rule.test(`${path} ${symbol.name}`)) ?? []);
    if (name === undefined)
      throw new Error(`docs/typedoc.config.js: ${symbol.name} (${path}) matches no rule of RULES.`);
    if (isReference) symbol.comment = new Comment();
    // A symbol without a comment gets none here, so that the validation reports it.
    for (const { comment } of [symbol, ...(symbol.signatures ?? [])])
      comment?.blockTags.push(new CommentTag("@group", [{ kind: "text", text: name }]));
  }
}

/** Prints the names of zod schemas only. Their members are documented with the type that they return. */
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

/** Prints the members of types that the source derives from a list of words, such as outcomes. */
function spellOutWords(context, symbol) {
  if (symbol.kind !== ReflectionKind.TypeAlias) return;
  const type = context.checker.getDeclaredTypeOfSymbol(context.getSymbolFromReflection(symbol));
  if (type.isUnion() && type.types.every((word) => word.isStringLiteral()))
    symbol.comment?.modifierTags.add("@useDeclaredType");
}

/** @param {import("typedoc").Application} app */
function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, spellOutWords);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, groupByTask);
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, nameSchemas);
}

/** @type {Partial<import("typedoc").TypeDocOptions & import("typedoc-plugin-markdown").PluginOptions>} */
export default {
  entryPoints,
  tsconfig: "../tsconfig.json",
  // `npm run typecheck` checks the types.
  skipErrorChecking: true,
  readme: "none",
  out: "api",
  plugin: ["typedoc-plugin-markdown", load],
  // One page for each symbol, and for each entry an index by task. Hosts such as GitHub show README.md as the index of a folder.
  outputFileStrategy: "members",
  entryFileName: "README",
  hidePageHeader: true,
  useCodeBlocks: true,
  indexFormat: "table",
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  propertyMembersFormat: "table",
  typeDeclarationFormat: "table",
  groupOrder: TASKS,
  sortEntryPoints: false,
  // Functions come before the types of their arguments.
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
    "Reference",
  ],
  sort: ["kind", "instance-first", "source-order"],
  disableSources: true,
  excludeExternals: true,
  excludeInternal: true,
  hideGenerator: true,
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
  // Internal: the union of the keys of the configured providers, and the setup of an emulated vendor.
  intentionallyNotExported: ["KeysOf", "SetupOf"],
  validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
};
