import type { ZodType } from "zod";
import type { HttpRequest } from "./http.js";

/** An application of the account. */
export interface DiscoveredApplication {
  /** Its id, as in the `application` of a `Partition` and of a record. Not empty. */
  application: string;
  /** Its name at the vendor, for messages; null where the vendor provides none. */
  name: string | null;
}

/** The request that lists the applications of an account: data and pure functions. */
export interface PartitionDiscovery {
  /** The vendor's name of the operation. */
  name: string;
  /**
   * Whether the account's lists are those of the discovered applications. The request is then sent once for each call of the client, and `partitions` of each list
   * receives them. False: the options name the applications. `doctor` and `probe` then compare them with the discovered ones, and no other operation sends the
   * request.
   */
  isUsed: boolean;
  /** Returns the request, without credentials. Pure. */
  request(): HttpRequest;
  /** Parses the response. An empty list means that the account has no application, which is an error where `isUsed` is set. */
  responseSchema: ZodType<readonly DiscoveredApplication[]>;
}
