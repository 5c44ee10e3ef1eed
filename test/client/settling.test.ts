import { expect, it } from "vitest";
import { CallRecordsClient, type Provider } from "call-records";
import { acme, acmeCalls, AcmeVendor } from "../samples/acme.js";
import { DAY, HOUR, ManualClock, NOW } from "./stage.js";

/** Acme's vendor, of which the first answer refuses the time of the request, and shows a clock of its own. */
async function settledBy(
  dateOf: (response: number) => number | null,
): Promise<{ coveredTo: number[]; provider: Provider }> {
  const vendor = new AcmeVendor(acmeCalls(NOW));
  const sound: Provider = acme("https://api.acme.example");
  const provider: Provider = {
    ...sound,
    classify: (response) =>
      response.status === 409
        ? { type: "correct-clock", vendorCode: "409", message: "the time is wrong" }
        : sound.classify(response),
  };
  let responses = 0;
  const transport = {
    send: ({ url }: { url: string }) => {
      const isToken = new URL(url).pathname === "/token";
      if (!isToken) responses += 1;
      const date = isToken ? null : dateOf(responses);
      const { status, body } = !isToken && responses === 1 ? { status: 409, body: {} } : vendor.response(new URL(url));
      return Promise.resolve({
        status,
        headers: date === null ? {} : { date: new Date(date).toUTCString() },
        text: JSON.stringify(body),
      });
    },
  };
  const client = new CallRecordsClient({ providers: [provider], transport, clock: new ManualClock() });
  const stream = client.records({ from: new Date(NOW - 20 * DAY), to: new Date(NOW) });
  await stream.toArray({ max: 10_000 });
  await client.close();
  return { coveredTo: (stream.report().accounts[0]?.coverage ?? []).map(({ to }) => Date.parse(to)), provider };
}

it.each([
  ["good answers without a Date", () => null],
  ["good answers whose Date is right", () => NOW],
  ["good answers of which one is four days ahead, too", (response: number) => (response === 2 ? NOW + 4 * DAY : NOW)],
])("one refusal that is four days ahead, and then %s, settle nothing too early", async (_, date) => {
  const { coveredTo, provider } = await settledBy((response) => (response === 1 ? NOW + 4 * DAY : date(response)));
  expect(coveredTo.length).toBeGreaterThan(0);
  for (const to of coveredTo) expect(to).toBeLessThanOrEqual(NOW - provider.settleSeconds * 1000);
});

it("a refusal that is behind settles no more than the vendor's time does", async () => {
  const { coveredTo, provider } = await settledBy(() => NOW - 5 * HOUR);
  expect(coveredTo.length).toBeGreaterThan(0);
  for (const to of coveredTo) expect(to).toBeLessThanOrEqual(NOW - 5 * HOUR - provider.settleSeconds * 1000);
});
