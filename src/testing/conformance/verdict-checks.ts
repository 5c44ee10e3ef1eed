import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type HttpAnswer, judgeStatus, type Provider, type Verdict, type VerdictAction } from "../../index.js";
import type { ConformanceCheck } from "./check.js";
import { placesWithin, replacedAt } from "./json-places.js";
import { exampleLists } from "./lists.js";
import { nonsense } from "./nonsense.js";
import type { ConformanceSubject, FailureExample } from "./subject.js";

const actions: readonly string[] = ["retry", "throttle", "reauthenticate", "correct-clock", "split-window", "shrink-page", "fail"] satisfies VerdictAction["type"][];
const errors: readonly string[] = ["authentication", "permission", "rate-limit", "request", "response", "retention", "unsupported", "vendor"];
const statuses = [200, 204, 302, 400, 401, 403, 404, 418, 429, 500, 503];

/** What may sensibly be made of a status that comes without words; each as `type` or `type error`. */
const sensible: { status: number; verdicts: string[] }[] = [
  { status: 401, verdicts: ["fail authentication", "fail permission", "reauthenticate"] },
  { status: 403, verdicts: ["fail permission", "fail authentication", "throttle", "reauthenticate"] },
  { status: 429, verdicts: ["throttle", "retry"] },
  { status: 500, verdicts: ["retry", "fail vendor"] },
  { status: 503, verdicts: ["retry", "throttle"] },
];

/** That answers are judged for what they are, and that no answer is too strange to be judged. */
export function verdictChecks(subject: ConformanceSubject): ConformanceCheck[] {
  const { provider: make, failures, examples } = subject;
  const check = (name: string, run: ConformanceCheck["run"]): ConformanceCheck => ({ group: "verdicts", name, run });
  return [
    check("judges the documented answers to be successes", () => {
      const provider = make();
      const lists = exampleLists(subject, provider).flatMap(({ name, example: { answer, empty } }) => [
        { name: `examples.${name}.answer`, body: answer },
        ...(empty === undefined ? [] : [{ name: `examples.${name}.empty`, body: empty }]),
      ]);
      const lookup = examples.findCall === undefined ? [] : [{ name: "examples.findCall.answer", body: examples.findCall.answer }];
      for (const { name, body } of [...lists, ...lookup]) {
        assert.equal(judge(provider, { status: 200, headers: {}, body }), null, `\`judge\` takes a success for a failure: \`${name}\``);
      }
    }),
    ...failures.map((failure) =>
      check(`judges ${show(failure)} as ${print(failure.verdict)}`, () => {
        const provider = make();
        const { status, headers = {}, body } = failure.answer;
        const answer: HttpAnswer = { status, headers, body };
        const given = structuredClone(answer);
        const verdict = judge(provider, answer);
        const action = verdict ?? judgeStatus(answer);
        assert.ok(action !== null, "`judge` takes a refusal for a success: what it refuses would be read as an answer without rows");
        assert.equal(print(action), print(failure.verdict), `\`judge\` makes something else of ${show(failure)}`);
        assert.deepEqual(judge(provider, answer), verdict, "`judge` must be pure: the same answer was judged in two ways");
        assert.deepEqual(answer, given, "`judge` must not change the answer");
      }),
    ),
    check("judges codes that nobody has seen before", () => {
      const provider = make();
      for (const { answer } of failures) {
        for (const { path, value } of placesWithin(answer.body)) {
          if (typeof value === "object" && value !== null) continue;
          for (const code of ["Unheard.Of", -987_654, null, {}]) judge(provider, { status: answer.status, headers: answer.headers ?? {}, body: replacedAt(answer.body, path, code) });
        }
      }
    }),
    check("judges whatever comes, and never throws", () => {
      const provider = make();
      for (const body of nonsense) for (const status of statuses) judge(provider, { status, headers: {}, body });
    }),
    check("judges a bare HTTP status sensibly", () => {
      const provider = make();
      for (const { status, verdicts } of sensible) {
        const bare: HttpAnswer = { status, headers: {}, body: undefined };
        const action = judge(provider, bare) ?? judgeStatus(bare);
        const verdict = action === null ? "a success" : print(action);
        assert.ok(verdicts.includes(verdict), `HTTP ${status} without a body is judged as ${verdict}; it should be one of: ${verdicts.join(", ")}. \`judge\` may answer null where the status says it all`);
      }
    }),
  ];
}

/** The judgement, which must be one that the engine knows. */
function judge(provider: Provider, answer: HttpAnswer): Verdict | null {
  const what = `HTTP ${answer.status} with the body ${inspect(answer.body, { depth: 3, breakLength: Infinity })}`;
  let verdict: Verdict | null = null;
  assert.doesNotThrow(() => {
    verdict = provider.judge(answer);
  }, `\`judge\` must not throw, whatever the answer: it threw for ${what}. Read bodies with \`safeParse\``);
  assertVerdict(verdict, what);
  return verdict;
}

function assertVerdict(verdict: Verdict | null, what: string): void {
  if (verdict === null) return;
  assert.ok(actions.includes(verdict.type), `\`judge\` answers a type that does not exist, ${verdict.type}, for ${what}`);
  if (verdict.type === "fail") assert.ok(errors.includes(verdict.error), `\`judge\` answers an error that does not exist, ${verdict.error}, for ${what}`);
  for (const name of ["vendorCode", "message"] as const) {
    assert.ok(verdict[name] === null || typeof verdict[name] === "string", `\`judge\` answers a \`${name}\` that is neither text nor null for ${what}`);
  }
}

function print(action: VerdictAction): string {
  return action.type === "fail" ? `fail ${action.error}` : action.type;
}

function show({ answer: { status, body } }: FailureExample): string {
  const text = body === undefined ? "no JSON" : JSON.stringify(body);
  return `HTTP ${status} with ${text.length > 100 ? `${text.slice(0, 99)}…` : text}`;
}
