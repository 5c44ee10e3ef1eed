import { afterAll } from "vitest";
import { closeResources } from "./closing.js";

// Runs for each file. Files of one worker share their helpers' modules, so a hook in such a module would run for the first file only.
afterAll(closeResources);
