import { createRequire } from "node:module";
import * as main from "call-records";
import { huaweiCec } from "call-records/huawei-cec";
import { itniotech } from "call-records/itniotech";
import { tencentCcc } from "call-records/tencent-ccc";
import * as testing from "call-records/testing";
import { meet, readEveryCall } from "./every-call.cjs";

await meet(main, createRequire(import.meta.url)("call-records"));
console.log(JSON.stringify(await readEveryCall(main, { tencentCcc, huaweiCec, itniotech }, testing)));
