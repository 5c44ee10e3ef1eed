import js from "@eslint/js";
import tseslint from "typescript-eslint";
import house from "./eslint.house.js";

export default tseslint.config(
  { ignores: ["dist/", ".bench/", ".compiled/", ".cli/", ".kill/", "coverage/", "docs/api/"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: ["eslint.config.js", "eslint.house.js", "tsup.config.ts", "docs/typedoc.config.js"],
        },
      },
    },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  house,
  {
    files: ["src/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "^(pino|@opentelemetry/)", message: "Who observes a client does so by `onEvent`: see examples/." },
          ],
        },
      ],
    },
  },
  {
    files: ["eslint.config.js", "eslint.house.js", "tsup.config.ts", "docs/typedoc.config.js"],
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    // Of no project: they stand in that of somebody who uses the package.
    files: ["test/package/programs/**/*.{cjs,mjs,js}"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { console: "readonly", require: "readonly", exports: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: ["test/package/programs/jest/*.cjs"],
    languageOptions: {
      globals: {
        test: "readonly",
        describe: "readonly",
        expect: "readonly",
        beforeAll: "readonly",
        afterAll: "readonly",
        setTimeout: "readonly",
        AbortController: "readonly",
      },
    },
  },
  {
    // Errors, dates and signals may be of another realm, as in Jest, where they are of another class; and what is global may be another implementation's.
    files: ["src/**/*.ts"],
    ignores: ["src/cli/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "BinaryExpression[operator='instanceof'][right.name=/^(Error|TypeError|RangeError|AggregateError|Date|URL|AbortSignal|EventTarget|Promise|RegExp|Map|Set|Uint8Array|ArrayBuffer)$/]",
          message: "Tell it by its behaviour: in Jest it may be of another realm's class.",
        },
        {
          selector:
            "CallExpression[callee.property.name='throwIfAborted'][callee.object.type!='ThisExpression'][arguments.length=0]",
          message: "Signals of other implementations lack this method.",
        },
        {
          selector: "CallExpression[callee.object.name='z'][callee.property.name=/^(date|instanceof)$/]",
          message: "It refuses the instances of other realms.",
        },
      ],
      "no-restricted-globals": [
        "error",
        ...[
          "URL",
          "setTimeout",
          "setInterval",
          "setImmediate",
          "clearTimeout",
          "clearInterval",
          "performance",
          "TextDecoder",
          "TextEncoder",
        ].map((name) => ({
          name,
          message: "Import it from Node: under jsdom the global one is another, or missing.",
        })),
      ],
    },
  },
);
