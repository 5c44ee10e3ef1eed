import type { PreparedRequest, RawResponse } from "call-records";
import type { ConformanceVendor } from "call-records/testing";
import { createVendors } from "../../src/testing/emulated-vendors.js";
import { emulatorSettings } from "../../src/testing/options.js";
import { bodyOf, type Vendor } from "../../src/testing/vendor.js";
import type { VendorId } from "../../src/testing/vendors.js";

const DAY = 86_400_000;
const NOW = Date.parse("2026-11-20T04:00:00Z");
let time = NOW;

const unlimited = { "tencent-ccc": Infinity, "huawei-cec": Infinity, itniotech: Infinity };
const company = createVendors(
  emulatorSettings({
    seed: 5,
    days: 10,
    callsPerDay: 60,
    activeCalls: 3,
    now: () => time,
    requestsPerSecond: unlimited,
  }),
);

export const { credentials } = company;

/** An emulated vendor without its server. */
export function emulatedVendor(id: VendorId): ConformanceVendor {
  time = NOW;
  const [from, to] = [new Date(NOW - 7 * DAY), new Date(NOW - 3 * DAY)];
  return {
    now: new Date(NOW),
    from,
    to,
    calls: company.truth[id].calls.filter(({ startedAt }) => startedAt >= from && startedAt < to),
    respond(request, now) {
      time = now.getTime();
      return ask(company.vendors[id], request);
    },
  };
}

function ask(vendor: Pick<Vendor, "respond">, { method, url, headers, body }: PreparedRequest): RawResponse {
  const { pathname, search, host } = new URL(url);
  const received = Object.fromEntries(
    Object.entries({ host, ...headers }).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const response = vendor.respond({
    method,
    path: pathname,
    query: search.slice(1),
    headers: received,
    body: Buffer.from(body ?? ""),
  });
  return {
    status: response.status,
    headers: { date: new Date(time).toUTCString() },
    text: Buffer.from(bodyOf(response)).toString(),
  };
}
