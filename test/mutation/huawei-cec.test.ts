import { huaweiAt } from "../client/stage.js";
import { PROOF } from "./memory-transport.js";
import { describeMutations } from "./mutation-suite.js";
import { openFewCalls, RANGE, recordVendor, SHORT } from "./open-vendor.js";
import { countingUsage, findingCall, listingActiveCalls, readingRecords } from "./scenarios.js";

const EMPTY: Readonly<Record<string, object>> = {
  queryCallDetailRecord: { retCode: "1", retMsg: "No data is found." },
  queryCallInfoByCallId: {},
  tokenByAkSk: { AccessToken: "another-token-of-the-vendor", ApplyType: "Bearer", Expires: "600" },
};

function refusal(status: number, body: object, headers: Record<string, string> = {}) {
  return { status, headers, text: JSON.stringify(body) };
}

describeMutations("Huawei CEC", async () => {
  const emulator = await openFewCalls();
  const { appSecret } = emulator.credentials["huawei-cec"];
  const truth = emulator.truth["huawei-cec"];
  const keys = truth.activeCalls.map(({ id }) => truth.workbenchKeys(id)).find((found) => found !== null);
  return recordVendor(
    huaweiAt(emulator, SHORT),
    [
      readingRecords(RANGE),
      countingUsage(RANGE, "records"),
      listingActiveCalls,
      findingCall("huawei-cec", { ...keys }),
      findingCall("huawei-cec", { callId: "1-1", userId: "2", tenantId: "3", agentId: "4" }),
    ],
    {
      empty: (operation) => JSON.stringify(EMPTY[operation] ?? {}),
      proofOf: ({ headers }) => headers.Authorization?.replace("Bearer ", "") ?? appSecret,
      secrets: [appSecret],
      refusals: [
        refusal(200, { retCode: "1", retMsg: "No data is found." }),
        refusal(200, { retCode: "2", retMsg: "The format of the start or end time is incorrect." }),
        refusal(200, { retCode: "4", retMsg: "The format of the limit or offset is incorrect." }),
        refusal(200, { retCode: "77", retMsg: `Something new: ${PROOF}` }),
        refusal(401, { error_code: "token", error_msg: "The token is not accepted." }),
        refusal(403, { error_code: "forbidden", error_msg: "The application is not allowed." }),
        refusal(429, { error_code: "flow", error_msg: "Too many requests." }, { "retry-after": "2" }),
        refusal(500, { retCode: "500", retMsg: `Business failure: ${PROOF}` }),
        refusal(200, { retCode: PROOF, retMsg: PROOF }),
        refusal(503, {}),
      ],
    },
  );
});
