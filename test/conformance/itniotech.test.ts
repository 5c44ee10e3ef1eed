import { itniotech } from "call-records";
import { testProvider } from "call-records/testing";
import { credentials, emulatedVendor } from "./emulated-vendor.js";

const refusal = (status: number | string, reason = "as the vendor says") => ({
  status: 200,
  body: { status, reason, data: null },
});

await testProvider({
  provider: () => itniotech(credentials.itniotech),
  vendor: () => emulatedVendor("itniotech"),
  examples: {
    records: {
      // The sample in the documentation.
      response: {
        status: 0,
        reason: "success",
        data: {
          total: 1,
          size: 50,
          current: 1,
          searchCount: true,
          pages: 1,
          records: [
            {
              keyId: 50180345,
              callSessionId: "25010316113064799",
              called: null,
              encryptCalled: "8613242926514",
              calledInfo: '{"calledInfo1":null,"calledInfo5":"vip"}',
              caller: "8613200000003",
              region: null,
              seatName: "seatName",
              sipGroupName: "tele-basic-test",
              callDuration: 47,
              callType: 3,
              hangupReason: 1,
              hangupCode: "1",
              callStartTime: "2025-01-03 16:10:39",
              calledAnswerTime: "2025-01-03 16:10:43",
              calledHangupTime: "2025-01-03 16:11:30",
              voiceUrl: "agent-call-record-250103/25010316113064799.wav",
              voiceUrlList: ["agent-call-record-250103/25010316113064799.wav"],
              createTime: "2025-01-03 16:11:30",
              updateTime: "2025-01-03 16:11:30",
              ccode: "86(China)",
              hangingDirection: 1,
              labelName: "[]",
              labelNameList: [],
              remark: "11111",
              callId: "250103161038410100100",
              brandId: 101,
              brandName: "ITNIO",
              errorReason: "sucess call(200)",
              ringDuration: 4,
              mediaDetected: null,
            },
          ],
        },
      },
      empty: {
        status: 0,
        reason: "success",
        data: { total: 0, size: 50, current: 1, searchCount: true, pages: 0, records: [] },
      },
      codes: ["callType", "hangupReason", "hangingDirection", "ccode"],
    },
    pushes: [
      {
        body: {
          callSessionId: "s-1",
          callId: null,
          called: "8618392515977",
          callType: 2,
          callDuration: 12,
          callStartTime: "2026-11-20 12:00:00",
          answerTime: "2026-11-20 12:00:07",
          callEndTime: "2026-11-20 12:00:19",
          voiceUrl: "",
        },
        relatedIds: { callSessionId: "s-1" },
        time: "2026-11-20T12:00:00+08:00",
      },
    ],
    recordings: {
      call: {
        application: null,
        id: "50180345",
        recordings: [
          { id: "agent-call-record-250103/25010316113064799.wav", url: null, kind: "call", transcriptUrl: null },
        ],
      },
      gone: refusal(-24),
    },
  },
  failures: [
    { response: refusal(-1), classification: { type: "fail", error: "authentication" } },
    { response: refusal(-2), classification: { type: "fail", error: "permission" } },
    { response: refusal(-10), classification: { type: "fail", error: "vendor" } },
    { response: refusal(-11), classification: { type: "fail", error: "request" } },
    { response: refusal(-13), classification: { type: "fail", error: "permission" } },
    { response: refusal(-15), classification: { type: "throttle" } },
    { response: refusal("-15"), classification: { type: "throttle" } },
    { response: refusal(-16), classification: { type: "correct-clock" } },
    { response: refusal(-18), classification: { type: "retry" } },
    { response: refusal(-22), classification: { type: "fail", error: "request" } },
    { response: refusal(-23), classification: { type: "split-window" } },
    {
      response: refusal(-76, "The search time interval cannot be greater than 93 days!"),
      classification: { type: "fail", error: "request" },
    },
    { response: refusal(-99), classification: { type: "fail", error: "vendor" } },
    { response: { status: 502 }, classification: { type: "retry" } },
  ],
});
