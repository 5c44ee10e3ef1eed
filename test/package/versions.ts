/** Versions of the npm package `node`: the oldest supported version, and the newest of each major version. */
export const NODE_VERSIONS = ["20.19.0", "20", "22", "24", "26"];

/** The supported versions of Jest. */
export const JEST_VERSIONS = ["29", "30"];

/** The supported versions of TypeScript. */
export const TYPESCRIPT_VERSIONS = ["5.4", "5.5", "5.6", "5.7", "5.8", "5.9", "6.0", "7.0"];

/** Returns the name under which a consumer installs a version of TypeScript. */
export function typescriptPackage(version: string): string {
  return `typescript-${version}`;
}
