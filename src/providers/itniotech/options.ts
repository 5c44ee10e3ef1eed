import { z } from "zod";
import { commonOptions, credentialSchema, type CommonOptions } from "../../contract/options.js";
import { DEFAULT_RATE } from "./limits.js";

/** Documented: the host of the request URL. */
export const DEFAULT_ENDPOINT = "https://api.itniotech.com";

const timeFormats = ["local", "iso-8601"] as const;

/** How the bounds of a window are written. */
export type TimeFormat = (typeof timeFormats)[number];

/** What `itniotech(…)` takes. */
export interface ItniotechOptions extends CommonOptions {
  /** The API key (sent as `Api-Key`). */
  apiKey: string;
  /** The API secret. It is never sent: requests are signed with it. */
  apiSecret: string;
  /**
   * How times are written in requests: `"local"` (default) is the vendor's sample, `2025-01-08 00:00:00` in `timeZone`; `"iso-8601"` is
   * the vendor's table, `2025-01-08T00:00:00+08:00`. The page shows both.
   */
  timeFormat?: TimeFormat | undefined;
}

export const optionsSchema = z.strictObject({
  ...commonOptions({ account: "itniotech", rate: DEFAULT_RATE }),
  apiKey: credentialSchema,
  apiSecret: credentialSchema,
  timeFormat: z.enum(timeFormats).default("local"),
});
