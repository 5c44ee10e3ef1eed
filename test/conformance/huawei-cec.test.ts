import { huaweiCec } from "call-records";
import { testProvider } from "call-records/testing";
import { sampleRow } from "../samples/huawei-cec.js";
import { credentials, emulatedVendor } from "./emulated-vendor.js";

const returned = (retCode: string | number, status = 200) => ({
  status,
  body: { retCode, retMsg: "as the vendor says" },
});

await testProvider({
  provider: () => huaweiCec(credentials["huawei-cec"]),
  vendor: () => emulatedVendor("huawei-cec"),
  examples: {
    records: {
      response: {
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
    findCall: [
      {
        keys: { callSerialNo: "1037058396471308289" },
        response: {
          retCode: "0",
          retMsg: "success",
          result: {
            state: 3,
            reasonCode: 0,
            callData: "",
            caller: "8000",
            called: "13800138000",
            startTime: "1572794607000",
            endTime: "1572794627000",
            callerPresent: "075512345678",
            agentPresent: "075512345678",
          },
        },
        missing: { retCode: "1", retMsg: "The call state is not found." },
      },
      {
        keys: { callId: "1620353127-16777249", userId: "1", tenantId: "2", agentId: "101" },
        response: {
          callId: "1620353127-16777249",
          caller: "640003",
          called: "640060",
          calldata: "",
          callSkillId: 1,
          callSkill: "voice",
          callType: 0,
        },
        missing: {},
      },
    ],
    pushes: [
      {
        body: {
          callSerialNo: "1572794607000-1",
          serviceNo: "075512345678",
          caller: "075512345678",
          called: "18392515977",
          createCallTime: "1572794607000",
          releaseTime: "1572794667000",
          talkDuration: "31",
          releaseReason: "0",
        },
        relatedIds: { callSerialNo: "1572794607000-1" },
        time: new Date(1_572_794_607_000),
      },
    ],
    recordings: {
      call: {
        application: null,
        id: "1572794607000-1",
        recordings: [{ id: "1572794607000-1", url: null, kind: "call", transcriptUrl: null }],
      },
      response: {
        retCode: 0,
        retMsg: "success",
        result: {
          url: "https://cec-records.obs.cn-north-4.myhuaweicloud.com/a.wav?AccessKeyId=x&Expires=1&Signature=y",
        },
      },
      address: "https://cec-records.obs.cn-north-4.myhuaweicloud.com/a.wav?AccessKeyId=x&Expires=1&Signature=y",
      gone: { status: 200, body: { retCode: 5, retMsg: "the record does not exist" } },
    },
  },
  failures: [
    { response: { status: 400 }, classification: { type: "fail", error: "request" } },
    { response: returned("401", 401), classification: { type: "reauthenticate" } },
    { response: returned("403", 403), classification: { type: "fail", error: "permission" } },
    { response: { status: 404 }, classification: { type: "fail", error: "vendor" } },
    { response: { status: 418 }, classification: { type: "fail", error: "permission" } },
    { response: returned("500", 500), classification: { type: "fail", error: "vendor" } },
    { response: { status: 429 }, classification: { type: "throttle" } },
    { response: { status: 503 }, classification: { type: "retry" } },
    { response: returned("2"), classification: { type: "fail", error: "request" } },
    { response: returned(4), classification: { type: "fail", error: "request" } },
    { response: returned("12"), classification: { type: "fail", error: "request" } },
    { response: returned("99"), classification: { type: "fail", error: "vendor" } },
  ],
});
