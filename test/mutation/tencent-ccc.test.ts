import { tencentAt } from "../client/stage.js";
import { PROOF } from "./memory-transport.js";
import { describeMutations } from "./mutation-suite.js";
import { openFewCalls, RANGE, recordVendor, SHORT } from "./open-vendor.js";
import { countingUsage, findingCall, listingActiveCalls, readingRecords } from "./scenarios.js";

const EMPTY: Readonly<Record<string, object>> = {
  DescribeTelCdr: { TotalCount: 0, TelCdrs: [], TelCdrList: [] },
  DescribePSTNActiveSessionList: { Total: 0, Sessions: [] },
  DescribeTelCallInfo: {
    TelCallOutCount: 0,
    TelCallInCount: 0,
    VOIPCallInCount: 0,
    AsrOfflineCount: 0,
    AsrRealtimeCount: 0,
    SeatUsedCount: 0,
  },
};

function refusal(code: string) {
  return {
    status: 200,
    headers: {},
    text: JSON.stringify({
      Response: { Error: { Code: code, Message: `The vendor says ${code} to ${PROOF}.` }, RequestId: "0cf5be1b-de75" },
    }),
  };
}

/** Dates to which the client must set its clock. */
const CLOCKS = ["Fri, 20 Nov 2026 04:07:00 GMT", "Sat, 13 Sep 275760 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"];

describeMutations("Tencent CCC", async () => {
  const emulator = await openFewCalls();
  const { secretKey } = emulator.credentials["tencent-ccc"];
  const call = emulator.truth["tencent-ccc"].calls.find(({ application }) => application === "1400000000");
  return recordVendor(
    tencentAt(emulator, { ...SHORT, sdkAppIds: [1_400_000_000] }),
    [
      readingRecords(RANGE),
      countingUsage(RANGE, "vendor"),
      countingUsage(RANGE, "records"),
      listingActiveCalls,
      findingCall("tencent-ccc", { sessionId: call?.id }),
      findingCall("tencent-ccc", { sessionId: "00000000-0000-0000-0000-000000000000" }),
    ],
    {
      empty: (operation) => JSON.stringify({ Response: { ...EMPTY[operation], RequestId: "0cf5be1b-de75" } }),
      proofOf: ({ headers }) => headers.Authorization?.split("=").at(-1) ?? "",
      secrets: [secretKey],
      refusals: [
        refusal("AuthFailure.SignatureExpire"),
        ...CLOCKS.map((date) => ({ ...refusal("AuthFailure.SignatureExpire"), headers: { date } })),
        refusal("AuthFailure.SignatureFailure"),
        refusal("UnauthorizedOperation"),
        refusal("RequestLimitExceeded"),
        refusal("InternalError.DBError"),
        refusal("ResponseSizeLimitExceeded"),
        refusal("InvalidParameterValue"),
        refusal("FailedOperation"),
        refusal("SomethingNew"),
        refusal(`SomethingNew.${PROOF}`),
      ],
    },
  );
});
