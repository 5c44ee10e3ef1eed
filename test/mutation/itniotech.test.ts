import { itniotechAt } from "../client/stage.js";
import { PROOF } from "./memory-transport.js";
import { describeMutations } from "./mutation-suite.js";
import { openFewCalls, RANGE, recordVendor, SHORT } from "./open-vendor.js";
import { countingUsage, readingRecords } from "./scenarios.js";

function refusal(status: number | string, reason: string) {
  return {
    status: 200,
    headers: { date: "Fri, 20 Nov 2026 04:07:00 GMT" },
    text: JSON.stringify({ status, reason: `${reason}: ${PROOF}` }),
  };
}

describeMutations("Itniotech", async () => {
  const emulator = await openFewCalls();
  const { apiSecret } = emulator.credentials.itniotech;
  return recordVendor(itniotechAt(emulator, SHORT), [readingRecords(RANGE), countingUsage(RANGE, "records")], {
    empty: () =>
      JSON.stringify({
        status: "0",
        reason: "success",
        data: { total: 0, records: [], size: 3, current: 1, pages: 0 },
      }),
    proofOf: ({ headers }) => headers.Sign ?? "",
    secrets: [apiSecret],
    refusals: [
      refusal(-1, "authentication error"),
      refusal(-2, "the IP address is not allowed"),
      refusal(-15, "requests are too frequent"),
      refusal(-16, "the timestamp has expired"),
      { ...refusal(-16, "the timestamp has expired"), headers: { date: "Sat, 13 Sep 275760 00:00:00 GMT" } },
      { ...refusal(-16, "the timestamp has expired"), headers: { date: "Mon, 01 Jan 0001 00:00:00 GMT" } },
      refusal(-18, "system error"),
      refusal(-21, "a parameter is wrong"),
      refusal(-23, "more data than is answered at once"),
      refusal(-76, "the interval is longer than 93 days"),
      refusal(-99, "something new"),
      refusal(PROOF, "something new"),
    ],
  });
});
