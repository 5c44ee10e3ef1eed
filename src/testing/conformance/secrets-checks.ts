import assert from "node:assert/strict";
import { format, inspect } from "node:util";
import type { PreparedRequest, Provider, RawResponse } from "../../index.js";
import type { ConformanceCheck } from "./check.js";
import { nestedEntries, formatPath, withReplaced } from "./json-paths.js";
import type { Observation } from "./observed-provider.js";
import { sampleRequests } from "./sample-queries.js";
import { type Reading, readHistory } from "./reading.js";
import { isUnrecognizable, quote, secretMaterial } from "./secret-material.js";
import type { ConformanceSubject, FailureExample } from "./subject.js";

/** An answer that quotes the request that it answers. */
interface QuotingResponse {
  what: string;
  response: (quoted: string) => RawResponse;
}

/** That no secret is shown: not by the provider, not in what it asks before it is proven, and not when a vendor quotes it. */
export function secretsChecks({
  provider: make,
  vendor: makeVendor,
  examples,
  failures,
}: ConformanceSubject): ConformanceCheck[] {
  const check = (name: string, run: ConformanceCheck["run"]): ConformanceCheck => ({ group: "secrets", name, run });
  return [
    check("tells what is secret", () => {
      const provider = make();
      const secrets = provider.secrets();
      assert.deepEqual([...provider.secrets()], [...secrets], "`secrets` must answer the same each time");
      for (const secret of secrets)
        assert.ok(typeof secret === "string" && secret !== "", "`secrets` must answer texts that are not empty");
      assert.ok(
        provider.auth === null || secrets.length > 0,
        "`secrets` is empty, though `auth` proves the sender: name in it each key, password and secret that the proof is made with",
      );
    }),
    check("names the key that it sends, or sends one that is known by its length", async () => {
      const provider = make();
      const vendor = makeVendor();
      const { observation } = await readHistory(provider, vendor, vendor);
      const unnamed = observation.authorized.some((proof) => isUnrecognizable(proof, provider.secrets()));
      assert.ok(
        !unnamed,
        "`authorize` adds to a request nothing that `secrets` names, and nothing as long as a signature: name in `secrets` the key as it is sent, in Base64 where that is how it is sent",
      );
    }),
    check("asks without secrets, which only its proof adds", () => {
      const provider = make();
      for (const { request, what } of sampleRequests(provider, examples.findCall?.keys))
        assertHidden(
          JSON.stringify(request),
          provider.secrets(),
          `${what} holds a secret: credentials are added by \`auth\`, for each attempt anew`,
        );
    }),
    check("shows no secret while it is read", async () => {
      const provider = make();
      const vendor = makeVendor();
      assertNoLeaks(findLeaks(provider, await readHistory(provider, vendor, vendor), "a reading"));
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
    // The last: to look so deep into an object is not for everything that it may hold.
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
        assertHidden(text, provider.secrets(), "printing the provider shows a secret: make it with `defineProvider`");
    }),
  ];
}

/** Every documented failure, with the request quoted in each of its texts, beside them, and in the headers. */
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
      quotingResponse("a text that is no JSON", (quoted) => ({ status, headers: withHeaders(quoted), text: quoted })),
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

/** Answers the requests of the history, and lets those for a token through. */
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

/** Where the error, the report or an event shows what is secret. */
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
    `${first ?? ""}, and ${leaks.length - 1} more. Name in \`secrets\` what must not be shown`,
  );
}

function assertHidden(text: string, secrets: readonly string[], message: string): void {
  const found = secrets.find((secret) => text.includes(secret));
  assert.ok(found === undefined, found === undefined ? message : `${message}: ${describeSecret(found)}`);
}

/** Tells which secret is meant: the secret itself is not for a test's report either. */
function describeSecret(secret: string): string {
  return `it has ${secret.length} characters and begins with ${JSON.stringify(secret.slice(0, 3))}`;
}
