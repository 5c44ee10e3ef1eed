import { z } from "zod";

/** A `Date`, or its JSON form (ISO 8601 with an offset or `Z`), which becomes a `Date`. */
export const instantSchema = z.union([
  z.date(),
  z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
]);
