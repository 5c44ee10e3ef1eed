import { createRequire } from "node:module";
import * as main from "call-records";
import * as adapter from "call-records/adapter";
import { huaweiCec } from "call-records/huawei-cec";
import { itniotech } from "call-records/itniotech";
import { tencentCcc } from "call-records/tencent-ccc";
import * as testing from "call-records/testing";
import { meet, readEveryCall, share } from "./every-call.cjs";

share(main, adapter);
await meet(main, createRequire(import.meta.url)("call-records"));
console.log(JSON.stringify(await readEveryCall(main, { tencentCcc, huaweiCec, itniotech }, testing)));
