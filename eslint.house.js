import { dirname, relative, resolve } from "node:path";
import { fileURLToPath, URL } from "node:url";

const SOURCES = fileURLToPath(new URL("src", import.meta.url));

const DECLARED = ["contract", "model"];
const ENGINE = [
  "engine/recordings",
  "engine/lists",
  "engine/account",
  "engine/http",
  "engine/checkpoints",
  ...DECLARED,
];
const CLIENT = ["client", "client-options", "environment", "ranges", "vendors"];

/**
 * For each folder and file of src, the others that it may import. A name with `*` stands for each subfolder by itself: one of them may not import another.
 * CONTRIBUTING.md draws the same arrows.
 */
const MAY_IMPORT = {
  model: [],
  contract: ["model"],
  files: [],
  "engine/http": DECLARED,
  "engine/account": ["engine/http", ...DECLARED],
  "engine/lists": ["engine/account", "engine/http", ...DECLARED],
  "engine/recordings": ["engine/account", "engine/http", ...DECLARED],
  "engine/checkpoints": ["files", ...DECLARED],
  operations: ENGINE,
  "client-options": ["operations", ...ENGINE],
  client: ["client-options", "operations", ...ENGINE],
  ranges: DECLARED,
  columns: DECLARED,
  privacy: ["columns", "engine/account/text-layers", ...DECLARED],
  "providers/*": DECLARED,
  vendors: ["providers/*"],
  "provided-values": ["vendors", "providers/*", ...DECLARED],
  environment: ["vendors", ...DECLARED],
  // It uses the public methods of a client only.
  audit: ["client", "columns", "operations", ...ENGINE],
  // It uses the public methods of a client only.
  archive: ["client", "operations", "files", ...ENGINE],
  index: [...CLIENT, "archive", "audit", "columns", "privacy", "operations", "providers/*", ...ENGINE],
  adapter: DECLARED,
  commonjs: ["index", "adapter", "privacy/index"],
  capture: ["engine/http", ...DECLARED],
  "destinations/*": ["index", "adapter", "columns", "files", "model", "privacy/index"],
  // Before `scale/*`, of which it uses the public entry of Redis.
  "scale/bullmq": ["index", "adapter", "model", "scale/redis/index"],
  "scale/*": ["index", "adapter", "engine/account/pace-rules"],
  metrics: ["index", "adapter", "columns", "model", "provided-values"],
  report: ["index", "adapter", "columns", "metrics"],
  testing: ["index", "adapter", "capture"],
  // Of testing only the public entry, which the command `emulator` loads.
  cli: [
    "index",
    "testing/index",
    "destinations/*",
    "metrics",
    "report/index",
    ...CLIENT,
    "columns",
    "privacy",
    "operations",
    "files",
    "capture",
    ...ENGINE,
  ],
};

/** Returns the name in MAY_IMPORT under which a path without extension falls, or null. */
function roomOf(path) {
  for (const room of Object.keys(MAY_IMPORT)) {
    const [found] = new RegExp(`^${room.replace("*", "[^/]+")}(?=/|$)`).exec(path) ?? [];
    if (found !== undefined) return { room, found };
  }
  return null;
}

function mayImport(from, to) {
  const target = roomOf(to);
  if (target === null) return false;
  return target.found === from.found || MAY_IMPORT[from.room].some((name) => name === target.room || name === to);
}

const imports = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const path = withoutExtension(relative(SOURCES, context.filename));
    const from = roomOf(path);
    if (from === null)
      return {
        Program: (node) =>
          context.report({ node, message: `src/${path} has no entry in MAY_IMPORT of eslint.house.js.` }),
      };
    const check = (source) => {
      if (typeof source?.value !== "string" || !source.value.startsWith(".")) return;
      const to = withoutExtension(relative(SOURCES, resolve(dirname(context.filename), source.value)));
      if (to !== "../package.json" && !mayImport(from, to))
        context.report({ node: source, message: `src/${from.found} may not import src/${to}. See CONTRIBUTING.md.` });
    };
    const checkSource = (node) => check(node.source);
    return {
      ImportDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ImportExpression: checkSource,
      TSImportType: checkSource,
    };
  },
};

function withoutExtension(path) {
  return path.replaceAll("\\", "/").replace(/\.[jt]s$/, "");
}

/** The rule `house/imports`: the direction of every import in src. */
export default {
  files: ["src/**/*.ts"],
  plugins: { house: { rules: { imports } } },
  rules: { "house/imports": "error" },
};
