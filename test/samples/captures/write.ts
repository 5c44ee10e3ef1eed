import { writeFile } from "node:fs/promises";
import { CAPTURED_VENDORS, captureFileOf, startCapturedEmulator } from "./emulated-capture.js";

// Writes the captures again: npm run captures
for (const vendor of CAPTURED_VENDORS) {
  const { emulator, capture } = await startCapturedEmulator(vendor);
  await writeFile(captureFileOf(vendor), `${JSON.stringify(await capture(), null, 2)}\n`);
  await emulator.close();
}
