import { type EmulatorOptions, startVendorEmulator, type VendorEmulator } from "call-records/testing";
import type { EmulatedVendors } from "../emulated.js";
import { serve } from "../process.js";

const emulators: VendorEmulator[] = [];

/** Starts another emulator, or returns the number of requests that all of them have refused. */
serve(async (task: EmulatorOptions | "refusals"): Promise<EmulatedVendors | number> => {
  if (task === "refusals")
    return emulators.flatMap(({ requests }) => requests).filter(({ refusal }) => refusal !== null).length;
  const emulator = await startVendorEmulator(task);
  emulators.push(emulator);
  const { endpoints, credentials, accounts } = emulator;
  return { endpoints, credentials, keys: new Map([...accounts].map(([label, one]) => [label, one.credentials])) };
});
