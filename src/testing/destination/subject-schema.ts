import { z } from "zod";
import { functionSchema } from "../input-schemas.js";
import type { DestinationSubject } from "./subject.js";

/** The schema of a {@link DestinationSubject}, which may be an instance of a class with other members. It is not used to copy it. */
export const destinationSubjectSchema = z.looseObject({
  create: functionSchema(),
  read: functionSchema(),
  failAtStatement: functionSchema().optional(),
  expireLease: functionSchema(),
} satisfies Record<keyof DestinationSubject, z.ZodType>);
