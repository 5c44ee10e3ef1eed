import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import type { PreparedRequest, Provider, RawResponse } from "../../index.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { nestedEntries, formatPath, withReplaced } from "./json-paths.js";
import type { Observation } from "./observed-provider.js";
import { sampleRequests } from "./sample-queries.js";
import { type Reading, readHistory } from "./reading.js";
import { isUnrecognizable, quote, secretMaterial } from "./secret-material.js";
import type { ConformanceSubject, FailureExample } from "./subject.js";

/** A response that quotes its request. */
interface QuotingResponse {
  what: string;
  response: (quoted: string) => RawResponse;
}

/** Checks that no secret is shown: by the provider, in requests before authentication, or when a vendor quotes a request. */
export function secretsChecks({
  provider: make,
  vendor: makeVendor,
  examples,
  failures,
}: ConformanceSubject): ConformanceCheck[] {
  const check = checkOf("secrets");
  return [
    check("declares its secrets", () => {
      const provider = make();
      const secrets = provider.secrets();
      assert.deepEqual([...provider.secrets()], [...secrets], "`secrets` must return the same values each time");
      for (const secret of secrets)
        assert.ok(typeof secret === "string" && secret !== "", "`secrets` must return non-empty strings");
      assert.ok(
        provider.auth === null || secrets.length > 0,
        "`secrets` is empty, although the provider has `auth`: return each key, password and secret that authentication uses",
      );
    }),
    check("declares the key that it sends, or sends one that is recognized by its length", async () => {
      const provider = make();
      const vendor = makeVendor();
      const { observation } = await readHistory(provider, vendor, vendor);
      const unnamed = observation.authorized.some((proof) => isUnrecognizable(proof, provider.secrets()));
      assert.ok(
        !unnamed,
        "`authorize` adds nothing that `secrets` contains, and nothing as long as a signature: return from `secrets` the key as it is sent, for example in Base64",
      );
    }),
    check("returns requests without secrets, which only authentication adds", () => {
      const provider = make();
      for (const { request, what } of sampleRequests(provider, examples))
        assertHidden(
          JSON.stringify(request),
          provider.secrets(),
          `${what} contains a secret: \`auth\` must add credentials to each attempt`,
        );
    }),
    check("shows no secret during a read", async () => {
      const provider = make();
      const vendor = makeVendor();
      assertNoLeaks(findLeaks(provider, await readHistory(provider, vendor, vendor), "a read"));
    }),
    check("shows no secret when its vendor quotes the request", async () => {
      const leaks: string[] = [];
      for (const quotingResponse of quotingResponses(failures)) {
        const provider = make();
        const vendor = makeVendor();
        const reading = await readHistory(provider, vendor, vendor, {
          network: (observation) => ({ intercept: interceptorOf(provider, observation, quotingResponse) }),
        });
        leaks.push(...findLeaks(provider, reading, quotingResponse.what));
      }
      assertNoLeaks(leaks);
    }),
    check("shows no secret when its token service quotes the request", async () => {
      const provider = make();
      if (provider.auth?.token === undefined || provider.send !== undefined) return;
      for (const status of [200, 400, 401, 403, 500]) {
        const vendor = makeVendor();
        const response = (quoted: string): RawResponse => ({
          status,
          headers: { "x-quoted": quoted },
          text: JSON.stringify({ error: quoted, message: quoted }),
        });
        const reading = await readHistory(provider, vendor, vendor, {
          network: () => ({ intercept: (request) => response(quoteWithSecrets(provider, request)) }),
        });
        assertNoLeaks(findLeaks(provider, reading, `HTTP ${status} of the token service`));
      }
    }),
    // The last check, because a deep inspection may have side effects on an object.
    check("does not print its secrets", () => {
      const provider = make();
      // An object that prints what it holds must not be looked into any deeper: schemas of zod do not bear it.
      assert.equal(
        inspect(provider).split("\n").length,
        1,
        "printing the provider shows what it holds: make it with `defineProvider`",
      );
      const printed = [
        inspect(provider, { depth: Infinity, showHidden: true, getters: true }),
        JSON.stringify(provider),
        format("%s %o", provider, provider),
      ];
      for (const text of printed)
        assertHidden(text, provider.secrets(), "printing the provider shows a secret: create it with `defineProvider`");
    }),
  ];
}

/** Returns every documented failure with the request quoted in each text, in a body that is not JSON, and in a header. */
function quotingResponses(failures: readonly FailureExample[]): QuotingResponse[] {
  return failures.flatMap(({ response: { status, headers = {}, body } }) => {
    const what = `HTTP ${status}${body === undefined ? "" : ` with ${JSON.stringify(body).slice(0, 100)}`}`;
    const quotingResponse = (where: string, response: QuotingResponse["response"]): QuotingResponse => ({
      what: `${what}, quoted in ${where}`,
      response,
    });
    const withHeaders = (quoted: string) => ({ ...headers, "x-quoted": quoted });
    const texts = nestedEntries(body).filter(({ value }) => typeof value === "string");
    return [
      quotingResponse("a text that is not JSON", (quoted) => ({ status, headers: withHeaders(quoted), text: quoted })),
      quotingResponse("the header `date`", (quoted) => ({
        status,
        headers: { ...withHeaders(quoted), date: quoted },
        text: body === undefined ? "" : JSON.stringify(body),
      })),
      ...texts.map(({ path, value }) =>
        quotingResponse(`the field \`${formatPath(path)}\``, (quoted) => ({
          status,
          headers: withHeaders(quoted),
          text: JSON.stringify(withReplaced(body, path, `${String(value)} ${quoted}`)),
        })),
      ),
    ];
  });
}

/** Returns an interceptor that quotes requests for the history and passes requests for a token. */
function interceptorOf(
  provider: Provider,
  { authorized }: Observation,
  { response }: QuotingResponse,
): (request: PreparedRequest) => RawResponse | null {
  return (request) => {
    const isVerified = provider.auth === null || authorized.some(({ after }) => after === request);
    return isVerified ? response(quoteWithSecrets(provider, request)) : null;
  };
}

function quoteWithSecrets(provider: Provider, request: PreparedRequest): string {
  return [quote(request), ...provider.secrets()].join(" ");
}

/** Returns where the error, the report or an event shows a secret. */
function findLeaks(provider: Provider, { error, report, events, observation }: Reading, what: string): string[] {
  const secrets = secretMaterial(provider, observation.authorized);
  const shown: [string, string][] = [
    [
      "the error",
      `${String(error)}\n${JSON.stringify(error)}\n${inspect(error, { depth: Infinity, showHidden: true })}`,
    ],
    ["the report", JSON.stringify(report)],
    ["an event", JSON.stringify(events)],
  ];
  return shown.flatMap(([place, text]) => {
    const secret = secrets.find((candidate) => text.includes(candidate));
    return secret === undefined ? [] : [`${place} shows a secret after ${what}: ${describeSecret(secret)}`];
  });
}

function assertNoLeaks(leaks: readonly string[]): void {
  const [first] = leaks;
  assert.ok(
    first === undefined,
    `${first ?? ""}, and ${leaks.length - 1} more. Return from \`secrets\` each text that must not be shown`,
  );
}

function assertHidden(text: string, secrets: readonly string[], message: string): void {
  const found = secrets.find((secret) => text.includes(secret));
  assert.ok(found === undefined, found === undefined ? message : `${message}: ${describeSecret(found)}`);
}

/** Describes a secret without showing it in the test report. */
function describeSecret(secret: string): string {
  return `it has ${secret.length} characters and begins with ${JSON.stringify(secret.slice(0, 3))}`;
}
