import { describe, expect, it } from "vitest";
import { AbortedError, CallRecordsClient } from "call-records";
import { acme } from "../samples/acme.js";
import { rejectionOf } from "./stage.js";

describe("an authorization that never completes", () => {
  it("is abandoned when the call is aborted, and nothing is sent", async () => {
    const provider = acme("https://api.acme.example");
    let authorizations = 0;
    let sent = 0;
    const auth = {
      authorize: () => {
        authorizations += 1;
        return new Promise<never>(() => undefined);
      },
    };
    const transport = {
      send: () => {
        sent += 1;
        return Promise.reject(new TypeError("Nothing should be sent."));
      },
    };
    const client = new CallRecordsClient({ providers: [{ ...provider, auth }], transport });
    const controller = new AbortController();
    const [from, to] = [new Date("2026-11-01T00:00:00Z"), new Date("2026-11-02T00:00:00Z")];
    const reading = rejectionOf(client.records({ from, to, signal: controller.signal }).toArray({ max: 10 }));
    while (authorizations === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(await reading).toBeInstanceOf(AbortedError);
    expect(sent).toBe(0);
    await client.close();
  });
});
