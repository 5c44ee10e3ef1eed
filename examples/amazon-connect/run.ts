/**
 * Reads two days of calls at Amazon Connect: `npx tsx examples/amazon-connect/run.ts`. It reads the real instance if these variables are set, otherwise an emulated
 * one on this machine: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, CONNECT_INSTANCE_ID and, for temporary credentials, AWS_SESSION_TOKEN.
 */
import { CallRecordsClient } from "call-records";
import { amazonConnect, type AmazonConnectOptions } from "./amazon-connect.js";
import { connectContacts } from "./connect-contacts.js";
import { startConnectEmulator } from "./connect-emulator.js";

const DAY_MS = 86_400_000;

/** Returns the options of the instance, and a function that releases it. */
async function openInstance(): Promise<{ options: AmazonConnectOptions; close: () => Promise<void> }> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: region,
    CONNECT_INSTANCE_ID: instanceId,
  } = process.env;
  if (accessKeyId !== undefined && secretAccessKey !== undefined && region !== undefined && instanceId !== undefined)
    return {
      options: { accessKeyId, secretAccessKey, sessionToken, region, instanceId },
      close: () => Promise.resolve(),
    };
  console.error("No instance in the environment: using an emulated Amazon Connect on this machine.");
  const options = {
    accessKeyId: "AKIAEMULATED",
    secretAccessKey: "an-emulated-secret",
    region: "eu-central-1",
    instanceId: "emulated",
  };
  const contacts = connectContacts({ instanceId: options.instanceId, until: new Date(), days: 3, callsPerDay: 90 });
  const emulated = await startConnectEmulator({ ...options, contacts });
  return { options: { ...options, endpoint: emulated.endpoint }, close: () => emulated.close() };
}

const instance = await openInstance();
const client = new CallRecordsClient({ providers: [amazonConnect(instance.options)] });
try {
  const to = new Date();
  const stream = client.records({ from: new Date(to.getTime() - 2 * DAY_MS), to, order: "time", raw: false });
  for await (const { startedAt, direction, state, outcome, agent, talkSeconds } of stream)
    console.log(
      startedAt.toISOString(),
      direction.padEnd(8),
      (outcome ?? state).padEnd(11),
      agent?.id ?? "-",
      talkSeconds ?? "-",
    );
  for (const { account, status, rows, requests } of stream.report().accounts)
    console.log(`${account}: ${status}, ${rows} calls in ${requests} requests`);
} finally {
  await client.close();
  await instance.close();
}
