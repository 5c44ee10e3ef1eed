/** Versions of Node, as npm's `node` package has them: the first that the package takes, and the newest of each line. */
export const NODE_VERSIONS = ["20.19.0", "20", "22", "24", "26"];

/** Versions of Jest in which the package can be used. */
export const JEST_VERSIONS = ["29", "30"];

/** Versions of TypeScript whose users can read the package's types. */
export const TYPESCRIPT_VERSIONS = ["5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"];

/** The name under which a consumer has one of them installed, beside the others. */
export function typescriptPackage(version: string): string {
  return `typescript-${version}`;
}
