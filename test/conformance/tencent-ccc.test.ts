import { tencentCcc } from "call-records";
import { testProvider } from "call-records/testing";
import { cdr, sessionAnswer } from "../samples/tencent-ccc.js";
import { credentials, emulatedVendor } from "./emulated-vendor.js";

const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
const refusal = (Code: string, status = 200) => ({ status, body: { Response: { Error: { Code, Message: "As the vendor says." }, RequestId: "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6" } } });

await testProvider({
  provider: () => tencentCcc({ secretId, secretKey, sdkAppIds }),
  vendor: () => emulatedVendor("tencent-ccc"),
  examples: {
    records: {
      answer: { Response: { TotalCount: 1, TelCdrList: [cdr], TelCdrs: [], RequestId: "53bccf04-0870-4520-8614-f4bdddfd68df" } },
      empty: { Response: { TotalCount: 0, TelCdrList: null, RequestId: "53bccf04-0870-4520-8614-f4bdddfd68df" } },
      codes: ["Direction", "CallType", "EndStatus", "EndStatusString", "HungUpSide"],
    },
    usage: {
      answer: {
        Response: { TelCallOutCount: 12, TelCallInCount: 3, SeatUsedCount: 2, VOIPCallInCount: 0, AsrOfflineCount: 0, AsrRealtimeCount: 0, RequestId: "abc" },
      },
    },
    activeCalls: {
      answer: sessionAnswer,
      empty: { Response: { Total: 0, Sessions: null, RequestId: "53bccf04-0870-4520-8614-f4bdddfd68df" } },
      codes: ["Direction", "SessionStatus"],
    },
  },
  failures: [
    { answer: refusal("AuthFailure.SignatureExpire"), verdict: { type: "correct-clock" } },
    { answer: refusal("AuthFailure.SignatureFailure"), verdict: { type: "fail", error: "authentication" } },
    { answer: refusal("AuthFailure.SecretIdNotFound"), verdict: { type: "fail", error: "authentication" } },
    { answer: refusal("AuthFailure.UnauthorizedOperation"), verdict: { type: "fail", error: "authentication" } },
    { answer: refusal("UnauthorizedOperation"), verdict: { type: "fail", error: "permission" } },
    { answer: refusal("FailedOperation.PermissionDenied"), verdict: { type: "fail", error: "permission" } },
    { answer: refusal("RequestLimitExceeded"), verdict: { type: "throttle" } },
    { answer: refusal("InternalError.DBError"), verdict: { type: "retry" } },
    { answer: refusal("ServiceUnavailable"), verdict: { type: "retry" } },
    { answer: refusal("ResponseSizeLimitExceeded"), verdict: { type: "shrink-page" } },
    { answer: refusal("UnsupportedOperation"), verdict: { type: "fail", error: "unsupported" } },
    { answer: refusal("InvalidParameterValue.InstanceNotExist"), verdict: { type: "fail", error: "request" } },
    { answer: refusal("FailedOperation"), verdict: { type: "fail", error: "vendor" } },
    { answer: refusal("SomethingNew"), verdict: { type: "fail", error: "vendor" } },
    { answer: { status: 503 }, verdict: { type: "retry" } },
  ],
});
