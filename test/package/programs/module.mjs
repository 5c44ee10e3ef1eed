import { createRequire } from "node:module";
import * as main from "call-records";
import * as adapter from "call-records/adapter";
import { huaweiCec } from "call-records/huawei-cec";
import { itniotech } from "call-records/itniotech";
import { tencentCcc } from "call-records/tencent-ccc";
import * as parquet from "call-records/parquet";
import * as testing from "call-records/testing";
import { meet, readEveryCall, share, writeFile } from "./every-call.cjs";

share(main, adapter);
await writeFile(main, parquet);
await meet(main, createRequire(import.meta.url)("call-records"));
console.log(JSON.stringify(await readEveryCall(main, { tencentCcc, huaweiCec, itniotech }, testing)));
