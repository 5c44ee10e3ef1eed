import type { PreparedRequest } from "call-records";
import { defineProvider } from "call-records/adapter";
import { type ConformanceVendor, testProvider } from "call-records/testing";
import { acme, acmeCalls, AcmeVendor } from "../samples/acme.js";
import { declareSound, soundSubject, soundVendor } from "./sound.js";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 4);
const calls = acmeCalls(NOW);

function acmeVendor(): ConformanceVendor {
  const acmeItself = new AcmeVendor(calls);
  const [from, to] = [new Date(NOW - 20.4 * DAY), new Date(NOW - 11.3 * DAY)];
  return {
    now: new Date(NOW),
    from,
    to,
    calls: calls
      .map(({ sid, start }) => ({ id: sid, startedAt: new Date(start) }))
      .filter(({ startedAt }) => startedAt >= from && startedAt < to),
    respond({ url }: PreparedRequest) {
      const { status, body } = acmeItself.response(new URL(url));
      return { status, headers: {}, text: JSON.stringify(body) };
    },
  };
}

await testProvider({
  provider: () => acme("https://api.acme.example"),
  vendor: acmeVendor,
  examples: {
    records: {
      response: { calls: calls.slice(0, 2), next: "/calls?from=2026-10-21&before=2026-10-28&at=50" },
      empty: { calls: null, next: "" },
    },
  },
  failures: [
    { response: { status: 401, body: { error: "who are you" } }, classification: { type: "reauthenticate" } },
    {
      response: { status: 400, body: { error: "a week at the most" } },
      classification: { type: "fail", error: "vendor" },
    },
    { response: { status: 429 }, classification: { type: "throttle" } },
  ],
});

/** An adapter that brings its own way to send, and needs no proof. */
const vendor = soundVendor();
await testProvider(
  soundSubject(() => {
    const { auth, ...declared } = declareSound();
    return defineProvider({
      ...declared,
      auth: null,
      account: "sound, through its own client",
      async send({ method, url, headers = {}, body }) {
        const request = { method, url, headers, body: JSON.stringify(body) };
        const verified = (await auth?.authorize(request, { now: vendor.now, token: null })) ?? request;
        const { status, headers: answered, text } = await vendor.respond(verified, vendor.now);
        return { status, headers: answered, body: JSON.parse(text) as unknown };
      },
    });
  }),
);
