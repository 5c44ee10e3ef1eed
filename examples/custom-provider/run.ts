/**
 * Reads a day of calls from a custom vendor and a built-in vendor with one client: `npx tsx examples/custom-provider/run.ts`. If TWILIO_ACCOUNT_SID and
 * TWILIO_AUTH_TOKEN are set, it reads the real Twilio, otherwise an emulator on this machine. Itniotech is always emulated.
 */
import { CallRecordsClient, itniotech } from "call-records";
import { startVendorEmulator } from "call-records/testing";
import { twilio, type TwilioOptions } from "./twilio.js";
import { twilioCalls } from "./twilio-calls.js";
import { startTwilioEmulator } from "./twilio-emulator.js";

const DAY_MS = 86_400_000;

/** Returns the options of the Twilio account, and a function that releases it. */
async function openTwilio(): Promise<{ options: TwilioOptions; close: () => Promise<void> }> {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = process.env;
  if (accountSid !== undefined && authToken !== undefined)
    return { options: { accountSid, authToken }, close: () => Promise.resolve() };
  console.error(
    "No TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN in the environment: using an emulated Twilio on this machine.",
  );
  const credentials = { accountSid: `AC${"0".repeat(32)}`, authToken: "an-emulated-token" };
  const calls = twilioCalls({ ...credentials, until: new Date(), days: 3, callsPerDay: 40 });
  const emulated = await startTwilioEmulator({ ...credentials, calls });
  return { options: { ...credentials, endpoint: emulated.endpoint }, close: () => emulated.close() };
}

const twilioAccount = await openTwilio();
const emulator = await startVendorEmulator({ days: 3, callsPerDay: 40 });
const builtIn = itniotech({ ...emulator.credentials.itniotech, endpoint: emulator.endpoints.itniotech });
const client = new CallRecordsClient({ providers: [twilio(twilioAccount.options), builtIn] });
try {
  const to = new Date();
  const from = new Date(to.getTime() - DAY_MS);
  const stream = client.records({ from, to, order: "time", raw: false });
  for await (const { startedAt, account, direction, outcome, caller, callee, talkSeconds } of stream) {
    console.log(
      startedAt.toISOString(),
      account.padEnd(9),
      direction.padEnd(8),
      outcome ?? "active",
      caller?.number ?? "-",
      "→",
      callee?.number ?? "-",
      talkSeconds ?? "-",
    );
  }
  for (const { account, status, rows, requests } of stream.report().accounts)
    console.log(`${account}: ${status}, ${rows} calls in ${requests} requests`);
  const { calls } = await client.activeCalls({ accounts: ["twilio"] });
  console.log(
    `Active at Twilio: ${
      calls
        .map(({ state }) => state)
        .sort()
        .join(", ") || "none"
    }`,
  );
} finally {
  await client.close();
  await Promise.all([emulator.close(), twilioAccount.close()]);
}
