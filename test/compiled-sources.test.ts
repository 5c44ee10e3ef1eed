import { expect, it } from "vitest";
import { CallRecordsClient } from "call-records";
import { startVendorEmulator } from "call-records/testing";
import { openEmulator } from "./client/stage.js";

it.runIf(process.env.COMPILED_SOURCES === "true").each([CallRecordsClient, startVendorEmulator, openEmulator])(
  "Node loads the module of %o itself, because Vitest's own modules are slower",
  (value) => {
    expect(String(value)).not.toContain("__vite");
  },
);
