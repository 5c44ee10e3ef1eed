import assert from "node:assert/strict";
import { inspect } from "node:util";
import { z } from "zod";
import type { Provider } from "../../index.js";
import { type HttpResponse, classifyStatus, type FailureClassification, type FailureAction } from "../../adapter.js";
import { assertMatches } from "./assert-matches.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { nestedEntries, withReplaced } from "./json-paths.js";
import { lookupExamples } from "./lookup-examples.js";
import { exampleLists } from "./lists.js";
import { invalidValues } from "./invalid-values.js";
import type { ConformanceSubject, FailureExample } from "./subject.js";

const texts = { vendorCode: z.string().nullable(), message: z.string().nullable() };
const classificationSchema = z
  .discriminatedUnion("type", [
    z.object({
      type: z.enum(["retry", "throttle", "reauthenticate", "correct-clock", "split-window", "shrink-page"]),
      ...texts,
    }),
    z.object({
      type: z.literal("fail"),
      error: z.enum([
        "authentication",
        "permission",
        "rate-limit",
        "recording-gone",
        "request",
        "response",
        "retention",
        "unsupported",
        "vendor",
      ]),
      ...texts,
    }),
  ])
  .nullable();
const statuses = [200, 204, 302, 400, 401, 403, 404, 418, 429, 500, 503];

/** Acceptable classifications of a status without a body, as `type` or `type error`. */
const sensible: { status: number; classifications: string[] }[] = [
  { status: 401, classifications: ["fail authentication", "fail permission", "reauthenticate"] },
  { status: 403, classifications: ["fail permission", "fail authentication", "throttle", "reauthenticate"] },
  { status: 429, classifications: ["throttle", "retry"] },
  { status: 500, classifications: ["retry", "fail vendor"] },
  { status: 503, classifications: ["retry", "throttle"] },
];

/** Checks that `classify` recognizes documented responses and accepts every response. */
export function classificationChecks(subject: ConformanceSubject): ConformanceCheck[] {
  const { provider: make, failures, examples } = subject;
  const check = checkOf("classification");
  return [
    check("classifies the documented responses as successes", () => {
      const provider = make();
      const lists = exampleLists(subject, provider).flatMap(({ name, example: { response, empty } }) => [
        { name: `examples.${name}.response`, body: response },
        ...(empty === undefined ? [] : [{ name: `examples.${name}.empty`, body: empty }]),
      ]);
      const lookups = lookupExamples(examples).map(({ response }) => ({
        name: "examples.findCall.response",
        body: response,
      }));
      for (const { name, body } of [...lists, ...lookups]) {
        assert.equal(
          classify(provider, { status: 200, headers: {}, body }),
          null,
          `\`classify\` classifies a success as a failure: \`${name}\``,
        );
      }
    }),
    ...failures.map((failure) =>
      check(`classifies ${describeExample(failure)} as ${describeAction(failure.classification)}`, () => {
        const provider = make();
        const { status, headers = {}, body } = failure.response;
        const response: HttpResponse = { status, headers, body };
        const given = structuredClone(response);
        const classification = classify(provider, response);
        const action = classification ?? classifyStatus(response);
        assert.ok(
          action !== null,
          "`classify` classifies a refusal as a success: it would be read as a response without rows",
        );
        assert.equal(
          describeAction(action),
          describeAction(failure.classification),
          `\`classify\` returns another classification for ${describeExample(failure)}`,
        );
        assert.deepEqual(
          classify(provider, response),
          classification,
          "`classify` must be pure: it returned two classifications for the same response",
        );
        assert.deepEqual(response, given, "`classify` must not change the response");
      }),
    ),
    check("classifies unknown codes without throwing", () => {
      const provider = make();
      for (const { response } of failures) {
        for (const { path, value } of nestedEntries(response.body)) {
          if (typeof value === "object" && value !== null) continue;
          for (const code of ["Unheard.Of", -987_654, null, {}])
            classify(provider, {
              status: response.status,
              headers: response.headers ?? {},
              body: withReplaced(response.body, path, code),
            });
        }
      }
    }),
    check("classifies any response without throwing", () => {
      const provider = make();
      for (const body of invalidValues)
        for (const status of statuses) classify(provider, { status, headers: {}, body });
    }),
    check("classifies an HTTP status without a body", () => {
      const provider = make();
      for (const { status, classifications } of sensible) {
        const bare: HttpResponse = { status, headers: {}, body: undefined };
        const action = classify(provider, bare) ?? classifyStatus(bare);
        const classification = action === null ? "a success" : describeAction(action);
        assert.ok(
          classifications.includes(classification),
          `HTTP ${status} without a body is classified as ${classification}; it must be one of: ${classifications.join(", ")}. \`classify\` may return null to use the classification by status`,
        );
      }
    }),
  ];
}

/** Returns the classification, which must be one that the engine supports. */
function classify(provider: Provider, response: HttpResponse): FailureClassification | null {
  const what = `HTTP ${response.status} with the body ${inspect(response.body, { depth: 3, breakLength: Infinity })}`;
  let classification: FailureClassification | null = null;
  assert.doesNotThrow(() => {
    classification = provider.classify(response);
  }, `\`classify\` must not throw for any response: it threw for ${what}. Read bodies with \`safeParse\``);
  assertMatches(classificationSchema, classification, `\`classify\` returns an invalid classification for ${what}`);
  return classification;
}

function describeAction(action: FailureAction): string {
  return action.type === "fail" ? `fail ${action.error}` : action.type;
}

function describeExample({ response: { status, body } }: FailureExample): string {
  const text = body === undefined ? "a body that is not JSON" : JSON.stringify(body);
  return `HTTP ${status} with ${text.length > 100 ? `${text.slice(0, 99)}…` : text}`;
}
