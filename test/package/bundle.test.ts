import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { bundle } from "./bundle.js";

const consumer = inject("consumer");
const DEPENDENCIES = ["axios", "zod", "tencentcloud-sdk-nodejs-common", "proxy-from-env"];
/** What stands in a vendor's requests, and nowhere else. */
const MARKS = {
  "tencent-ccc": "DescribeTelCdr",
  "huawei-cec": "queryCallDetailRecord",
  itniotech: "/v3/cc/record/query",
};

/** What a bundler takes of the package for this program. */
async function taken(name: string, program: string): Promise<string> {
  await writeFile(join(consumer, name), program);
  return readFile(join(consumer, await bundle(consumer, name, "esm", DEPENDENCIES)), "utf8");
}

function vendorsIn(text: string): string[] {
  return Object.entries(MARKS).flatMap(([vendor, mark]) => (text.includes(mark) ? [vendor] : []));
}

it.each([
  [
    "its own entry",
    'import { CallRecordsClient } from "call-records"; import { itniotech } from "call-records/itniotech"; console.log(CallRecordsClient, itniotech);',
  ],
  [
    "the main entry",
    'import { CallRecordsClient, itniotech } from "call-records"; console.log(CallRecordsClient, itniotech);',
  ],
])("a bundle with one vendor, of %s, has no other", async (entry, program) => {
  expect(vendorsIn(await taken(`one-vendor-of-${entry.replaceAll(" ", "-")}.js`, program))).toEqual(["itniotech"]);
});

it("a bundle that reads the environment has all vendors", async () => {
  const text = await taken(
    "environment.js",
    'import { providersFromEnvironment } from "call-records"; console.log(providersFromEnvironment());',
  );
  expect(vendorsIn(text)).toEqual(Object.keys(MARKS));
});

it("a bundle that uses nothing holds nothing", async () => {
  const text = await taken(
    "nothing.js",
    'import "call-records"; import { huaweiCec } from "call-records/huawei-cec"; console.log("done");',
  );
  expect(vendorsIn(text)).toEqual([]);
  expect(text.length).toBeLessThan(1000);
});
