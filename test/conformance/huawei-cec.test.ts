import { huaweiCec } from "call-records";
import { testProvider } from "call-records/testing";
import { sampleRow } from "../samples/huawei-cec.js";
import { credentials, emulatedVendor } from "./emulated-vendor.js";

const returned = (retCode: string | number, status = 200) => ({ status, body: { retCode, retMsg: "as the vendor says" } });

await testProvider({
  provider: () => huaweiCec(credentials["huawei-cec"]),
  vendor: () => emulatedVendor("huawei-cec"),
  examples: {
    records: {
      answer: {
        retCode: "0",
        retMsg: "success",
        result: {
          total: 11,
          callInfo: [sampleRow],
        },
      },
      empty: { retCode: "1", retMsg: "No data is found." },
      codes: ["state", "reasonCode"],
    },
    findCall: {
      keys: { callId: "1620353127-16777249", userId: "1", tenantId: "2", agentId: "101" },
      answer: { callId: "1620353127-16777249", caller: "640003", called: "640060", calldata: "", callSkillId: 1, callSkill: "voice", callType: 0 },
      missing: {},
    },
  },
  failures: [
    { answer: { status: 400 }, verdict: { type: "fail", error: "request" } },
    { answer: returned("401", 401), verdict: { type: "reauthenticate" } },
    { answer: returned("403", 403), verdict: { type: "fail", error: "permission" } },
    { answer: { status: 404 }, verdict: { type: "fail", error: "vendor" } },
    { answer: { status: 418 }, verdict: { type: "fail", error: "permission" } },
    { answer: returned("500", 500), verdict: { type: "fail", error: "vendor" } },
    { answer: { status: 429 }, verdict: { type: "throttle" } },
    { answer: { status: 503 }, verdict: { type: "retry" } },
    { answer: returned("2"), verdict: { type: "fail", error: "request" } },
    { answer: returned(4), verdict: { type: "fail", error: "request" } },
    { answer: returned("12"), verdict: { type: "fail", error: "request" } },
    { answer: returned("99"), verdict: { type: "fail", error: "vendor" } },
  ],
});
