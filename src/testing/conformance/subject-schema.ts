import { z } from "zod";
import { dateSchema, functionSchema } from "../input-schemas.js";
import type {
  ApplicationsExample,
  ConformanceExamples,
  ConformanceSubject,
  FailureExample,
  ListExample,
  LookupExample,
  PushExample,
  RecordingExample,
} from "./subject.js";

/** The body of a response, which may be anything that is JSON. */
const body = z.unknown().refine((value) => value !== undefined, "is missing");

const list = z.strictObject({
  response: body,
  empty: z.unknown().optional(),
  partition: z.looseObject({}).optional(),
  codes: z.array(z.string()).optional(),
} satisfies Record<keyof ListExample, z.ZodType>);

const lookup = z.strictObject({
  keys: z.looseObject({}),
  application: z.string().optional(),
  response: body,
  missing: z.unknown().optional(),
  missingStatus: z.int().min(100).max(599).optional(),
} satisfies Record<keyof LookupExample, z.ZodType>);

const response = z.strictObject({
  status: z.int().min(100).max(599),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.unknown().optional(),
});

const recording = z.strictObject({
  call: z.looseObject({ id: z.string(), recordings: z.array(z.looseObject({})).min(1, "must contain a recording") }),
  response: z.unknown().optional(),
  address: z.string().optional(),
  gone: response.optional(),
} satisfies Record<keyof RecordingExample, z.ZodType>);

const applications = z.strictObject({
  response: body,
  applications: z.array(z.string()).readonly(),
} satisfies Record<keyof ApplicationsExample, z.ZodType>);

const push = z.strictObject({
  query: z.record(z.string(), z.string()).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body,
  relatedIds: z.record(z.string(), z.string()),
  time: z.union([dateSchema, z.string()]),
} satisfies Record<keyof PushExample, z.ZodType>);

const failure = z.strictObject({
  response,
  classification: z.looseObject({ type: z.string() }),
} satisfies Record<keyof FailureExample, z.ZodType>);

/** The schema of a {@link ConformanceSubject}. It is not used to copy it. */
export const subjectSchema = z.strictObject({
  provider: functionSchema<ConformanceSubject["provider"]>(),
  vendor: functionSchema<ConformanceSubject["vendor"]>(),
  examples: z.strictObject({
    records: list,
    usage: list.optional(),
    activeCalls: list.optional(),
    findCall: z.union([lookup, z.array(lookup)]).optional(),
    applications: applications.optional(),
    recordings: recording.optional(),
    pushes: z.array(push).min(1, "must contain a push").readonly().optional(),
  } satisfies Record<keyof ConformanceExamples, z.ZodType>),
  failures: z.array(failure),
} satisfies Record<keyof ConformanceSubject, z.ZodType>);
