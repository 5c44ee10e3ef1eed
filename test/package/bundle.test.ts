import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { bundle } from "./bundle.js";

const consumer = inject("consumer");
const DEPENDENCIES = ["axios", "zod", "tencentcloud-sdk-nodejs-common", "proxy-from-env"];
/** Texts that occur only in the requests of a vendor. */
const MARKS = {
  "tencent-ccc": "DescribeTelCdr",
  "huawei-cec": "queryCallDetailRecord",
  itniotech: "/v3/cc/record/query",
};

/** Returns the bundle of a program. */
async function bundleOf(name: string, program: string): Promise<string> {
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
])("a bundle with one vendor from %s contains no other vendor", async (entry, program) => {
  expect(vendorsIn(await bundleOf(`one-vendor-of-${entry.replaceAll(" ", "-")}.js`, program))).toEqual(["itniotech"]);
});

it("a bundle that reads the environment contains all vendors", async () => {
  const text = await bundleOf(
    "environment.js",
    'import { providersFromEnvironment } from "call-records"; console.log(providersFromEnvironment());',
  );
  expect(vendorsIn(text)).toEqual(Object.keys(MARKS));
});

it("a bundle without the Parquet entry contains no encoder", async () => {
  const main = 'import * as main from "call-records"; console.log(main);';
  expect(await bundleOf("all.js", main)).not.toContain("RLE_DICTIONARY");
  const parquet = 'import { writeParquet } from "call-records/parquet"; console.log(writeParquet);';
  expect(await bundleOf("parquet.js", parquet)).toContain("RLE_DICTIONARY");
});

it("a bundle that uses nothing is almost empty", async () => {
  const text = await bundleOf(
    "nothing.js",
    'import "call-records"; import { huaweiCec } from "call-records/huawei-cec"; console.log("done");',
  );
  expect(vendorsIn(text)).toEqual([]);
  expect(text.length).toBeLessThan(1000);
});
