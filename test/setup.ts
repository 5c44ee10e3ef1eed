import { afterAll } from "vitest";
import { closeResources } from "./closing.js";

// Runs for each file. Files of one worker share the modules of helpers, so a hook in a helper would run for the first file only.
afterAll(closeResources);
