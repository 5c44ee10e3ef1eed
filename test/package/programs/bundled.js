import * as main from "call-records";
import { huaweiCec } from "call-records/huawei-cec";
import { itniotech } from "call-records/itniotech";
import { tencentCcc } from "call-records/tencent-ccc";
import * as testing from "call-records/testing";
import { readEveryCall } from "./every-call.cjs";

readEveryCall(main, { tencentCcc, huaweiCec, itniotech }, testing).then((read) => console.log(JSON.stringify(read)));
