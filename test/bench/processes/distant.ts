import { startDistantServer } from "../../services/redis/distant-server.js";
import { serve } from "../process.js";

/** Servers that forward to another one, as if it were this far away. */
export interface Distances {
  target: string;
  roundTripsMs: readonly number[];
}

/** Starts the forwarders. Returns their URLs. */
serve(({ target, roundTripsMs }: Distances) =>
  Promise.all(roundTripsMs.map((roundTripMs) => startDistantServer(target, roundTripMs))),
);
