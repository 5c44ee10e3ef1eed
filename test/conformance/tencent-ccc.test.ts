import { tencentCcc } from "call-records";
import { testProvider } from "call-records/testing";
import { cdr, sessionResponse } from "../samples/tencent-ccc.js";
import { credentials, emulatedVendor } from "./emulated-vendor.js";

const { secretId, secretKey, sdkAppIds } = credentials["tencent-ccc"];
const refusal = (Code: string, status = 200) => ({
  status,
  body: {
    Response: { Error: { Code, Message: "As the vendor says." }, RequestId: "ed93f3cb-f35e-473f-b9f3-0d451b8b79c6" },
  },
});

await testProvider({
  provider: () => tencentCcc({ secretId, secretKey, sdkAppIds }),
  vendor: () => emulatedVendor("tencent-ccc"),
  examples: {
    records: {
      response: {
        Response: { TotalCount: 1, TelCdrList: [cdr], TelCdrs: [], RequestId: "53bccf04-0870-4520-8614-f4bdddfd68df" },
      },
      empty: { Response: { TotalCount: 0, TelCdrList: null, RequestId: "53bccf04-0870-4520-8614-f4bdddfd68df" } },
      codes: ["Direction", "CallType", "EndStatus", "EndStatusString", "HungUpSide"],
    },
    usage: {
      response: {
        Response: {
          TelCallOutCount: 12,
          TelCallInCount: 3,
          SeatUsedCount: 2,
          VOIPCallInCount: 0,
          AsrOfflineCount: 0,
          AsrRealtimeCount: 0,
          RequestId: "abc",
        },
      },
    },
    activeCalls: {
      response: sessionResponse,
      empty: { Response: { Total: 0, Sessions: null, RequestId: "53bccf04-0870-4520-8614-f4bdddfd68df" } },
      codes: ["Direction", "SessionStatus"],
    },
    findCall: {
      keys: { sessionId: "0cf5be1b-de75-4445-a0c4-8dff3fa4b68b" },
      application: "1400000000",
      response: { Response: { Session: sessionResponse.Response.Sessions[0], RequestId: "r" } },
      missing: refusal("InvalidParameterValue.RecordNotExist").body,
    },
    applications: {
      response: {
        Response: {
          TotalCount: 2,
          SdkAppIdBuyList: [
            { SdkAppId: 1_400_000_000, Name: "hotline", StaffBuyNum: 1 },
            { SdkAppId: 1_400_000_001, Name: null, StaffBuyNum: 1 },
          ],
          PackageBuyList: null,
          RequestId: "r",
        },
      },
      applications: ["1400000000", "1400000001"],
    },
    pushes: [
      {
        query: { action: "cdr", version: "1" },
        headers: { "x-tccc-push-uuid": "a-uuid" },
        body: { ...cdr, SdkAppId: 1_400_000_000 },
        relatedIds: { SessionId: cdr.SessionId },
        time: new Date(cdr.Time * 1000),
      },
      {
        query: { action: "record", version: "1" },
        body: {
          SdkAppId: 1_400_000_000,
          RecordId: "r-1",
          SessionId: "s-1",
          Timestamp: 1_790_000_000,
          EndpointUser: "agent@example.com",
          RecordURL: "https://recorder.cos.ap-shanghai.myqcloud.com/a.mp3",
        },
        relatedIds: { SessionId: "s-1", RecordId: "r-1" },
        time: new Date(1_790_000_000_000),
      },
      {
        query: { action: "voicemail" },
        body: { SdkAppId: "1400000000", SessionId: "s-2", Timestamp: "1790000000", RecordURL: "", EndpointUser: 1 },
        relatedIds: { SessionId: "s-2" },
        time: new Date(1_790_000_000_000),
      },
    ],
    recordings: {
      call: {
        application: "1400000000",
        id: "0cf5be1b-de75-4445-a0c4-8dff3fa4b68b",
        startedAt: "2026-11-20T10:00:00+08:00",
        endedAt: "2026-11-20T10:05:00+08:00",
        recordings: [
          { id: "r-1", url: "https://recorder.cos.ap-shanghai.myqcloud.com/a.mp3", kind: "call", transcriptUrl: null },
        ],
      },
      response: {
        Response: { RecordURL: "http://recorder.cos.ap-shanghai.myqcloud.com/a.mp3?sign=1", RequestId: "r" },
      },
      address: "http://recorder.cos.ap-shanghai.myqcloud.com/a.mp3?sign=1",
      gone: { status: 200, body: { Response: { RecordURL: "", RequestId: "r" } } },
    },
  },
  failures: [
    { response: refusal("AuthFailure.SignatureExpire"), classification: { type: "correct-clock" } },
    { response: refusal("AuthFailure.SignatureFailure"), classification: { type: "fail", error: "authentication" } },
    { response: refusal("AuthFailure.SecretIdNotFound"), classification: { type: "fail", error: "authentication" } },
    {
      response: refusal("AuthFailure.UnauthorizedOperation"),
      classification: { type: "fail", error: "authentication" },
    },
    { response: refusal("UnauthorizedOperation"), classification: { type: "fail", error: "permission" } },
    { response: refusal("FailedOperation.PermissionDenied"), classification: { type: "fail", error: "permission" } },
    { response: refusal("RequestLimitExceeded"), classification: { type: "throttle" } },
    { response: refusal("InternalError.DBError"), classification: { type: "retry" } },
    { response: refusal("ServiceUnavailable"), classification: { type: "retry" } },
    { response: refusal("ResponseSizeLimitExceeded"), classification: { type: "shrink-page" } },
    { response: refusal("UnsupportedOperation"), classification: { type: "fail", error: "unsupported" } },
    { response: refusal("InvalidParameterValue.InstanceNotExist"), classification: { type: "fail", error: "request" } },
    { response: refusal("FailedOperation"), classification: { type: "fail", error: "vendor" } },
    { response: refusal("SomethingNew"), classification: { type: "fail", error: "vendor" } },
    { response: { status: 503 }, classification: { type: "retry" } },
  ],
});
