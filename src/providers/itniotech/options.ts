import { z } from "zod";
import { commonOptions, credentialSchema, type CommonOptions } from "../../contract/options.js";
import { recordingHostsSchema } from "../../contract/recording-hosts.js";
import { DEFAULT_RATE } from "./limits.js";

/** Documented: the host of the request URL. */
export const DEFAULT_ENDPOINT = "https://api.itniotech.com";

const timeFormats = ["local", "iso-8601"] as const;

/** The format of the bounds of a window. */
export type TimeFormat = (typeof timeFormats)[number];

/** The options of `itniotech`. */
export interface ItniotechOptions extends CommonOptions {
  /** The API key (sent as `Api-Key`). */
  apiKey: string;
  /** The API secret, which signs the requests. It is never sent. */
  apiSecret: string;
  /**
   * The format of times in requests. `"local"` (default) is the format in the vendor's sample: `2025-01-08 00:00:00` in `timeZone`. `"iso-8601"` is the format
   * in the vendor's table: `2025-01-08T00:00:00+08:00`.
   */
  timeFormat?: TimeFormat | undefined;
  /**
   * Whether the argument `number` of `records` is also passed to the vendor's own filter, `calledOrCaller`, which saves requests. Default false, because the vendor does
   * not document how the filter compares numbers. Set it to `true` if `client.probe(account)`, or `doctor --probe` on the command line, proposes it. The filter is
   * used only where it saves at least half of the requests. It may not find a number that is stored with separators, so a range that is read with it is a gap
   * `filtered` of the report.
   */
  numberFilter?: boolean | undefined;
  /**
   * The path of the download of recordings, below `endpoint`. Default `/voice/getVoiceFile`, as on the vendor's page. A page of a sister brand has
   * `/v3/voice/getVoiceFile`.
   */
  recordingPath?: string | undefined;
  /**
   * Further hosts from which recordings may be downloaded, where a `voiceUrl` is an absolute https URL: names such as `records.example.com`, and suffixes such as
   * `*.example.com`. Default: the host of `endpoint` only. They receive no credentials.
   */
  recordingHosts?: readonly string[] | undefined;
}

export const optionsSchema = z.strictObject({
  ...commonOptions({ account: "itniotech", rate: DEFAULT_RATE }),
  apiKey: credentialSchema,
  apiSecret: credentialSchema,
  timeFormat: z.enum(timeFormats).default("local"),
  numberFilter: z.boolean().default(false),
  recordingPath: z
    .string()
    .regex(/^(?:\/[\w.~-]+)+$/, "must be a path that begins with a slash, such as /v3/voice/getVoiceFile")
    .default("/voice/getVoiceFile"),
  recordingHosts: recordingHostsSchema.default([]),
});
