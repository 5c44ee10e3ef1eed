import { expect, it } from "vitest";
import { CallRecordsClient, type Provider } from "call-records";
import { acme, acmeCalls, AcmeVendor } from "../samples/acme.js";
import { DAY, HOUR, ManualClock, NOW } from "./stage.js";

/** Reads Acme's calls and returns the ends of their coverage. The first response refuses the time of its request. */
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
  ["successes without a Date", () => null],
  ["successes with the right Date", () => NOW],
  ["successes, one of which is also four days ahead", (response: number) => (response === 2 ? NOW + 4 * DAY : NOW)],
])("a refusal whose Date is four days ahead, followed by %s, does not settle a range too early", async (_, date) => {
  const { coveredTo, provider } = await settledBy((response) => (response === 1 ? NOW + 4 * DAY : date(response)));
  expect(coveredTo.length).toBeGreaterThan(0);
  for (const to of coveredTo) expect(to).toBeLessThanOrEqual(NOW - provider.settleSeconds * 1000);
});

it("responses whose Date is five hours behind settle ranges by the vendor's time", async () => {
  const { coveredTo, provider } = await settledBy(() => NOW - 5 * HOUR);
  expect(coveredTo.length).toBeGreaterThan(0);
  for (const to of coveredTo) expect(to).toBeLessThanOrEqual(NOW - 5 * HOUR - provider.settleSeconds * 1000);
});
