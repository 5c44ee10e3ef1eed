import { z } from "zod";
import { readArguments } from "../arguments.js";
import type { Destination } from "./destination.js";

const destinationSchema = z.object({
  destination: z.custom<Destination>(
    (value) => typeof value === "object" && value !== null && "open" in value && typeof value.open === "function",
    "must be a Destination: an object with the method open",
  ),
});

/** Returns the destination. @param operation name of the function, for the message. @throws RequestError when it is not a `Destination`. */
export function readDestination(operation: string, destination: unknown): Destination {
  return readArguments(operation, destinationSchema, { destination }).destination;
}
