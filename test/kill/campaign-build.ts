import type { Options } from "tsup";

/** The properties in which the builds of campaigns differ. */
interface CampaignFiles {
  entry: string[];
  outDir: string;
  /** Packages that are not bundled. */
  external?: string[];
}

/** Returns the build of a campaign and the library as plain JavaScript, so that the processes start fast. */
export function campaignBuild({ entry, outDir, external = [] }: CampaignFiles): Options {
  return {
    entry,
    outDir,
    outExtension: () => ({ js: ".js" }),
    format: "esm",
    target: "node20",
    platform: "node",
    splitting: true,
    external,
    silent: true,
  };
}
