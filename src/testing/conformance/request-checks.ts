import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { URL } from "node:url";
import type { PreparedRequest, Provider } from "../../index.js";
import type { HttpRequest } from "../../adapter.js";
import { checkOf, type ConformanceCheck } from "./check.js";
import { listsOf } from "./lists.js";
import { sampleQueries, sampleRequests } from "./sample-queries.js";
import { readHistory, reasonOf } from "./reading.js";
import type { ConformanceSubject } from "./subject.js";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const NOW = new Date(Date.UTC(2026, 10, 20, 12));

/** Checks that requests contain their query, are deterministic, and are not changed by authentication. */
export function requestChecks({
  provider: make,
  vendor: makeVendor,
  examples,
}: ConformanceSubject): ConformanceCheck[] {
  const check = checkOf("limits");
  const forEachRequest = (visit: (request: HttpRequest, what: string) => void) => {
    for (const { request, what } of sampleRequests(make(), examples)) visit(request, what);
  };
  return [
    check("returns the same request for the same query, without changing the query", async () => {
      const provider = make();
      for (const { name, list } of listsOf(provider)) {
        for (const { what, query } of sampleQueries(list, provider.timeZone)) {
          const copy = structuredClone(query);
          const once = structuredClone(list.request(query));
          await delay(2);
          assert.deepEqual(
            list.request(query),
            once,
            `\`${name}.request\` must be pure: it returned two different requests for ${what}. Times and signatures belong in \`auth\``,
          );
          assert.deepEqual(query, copy, `\`${name}.request\` must not change the query that it is given`);
        }
      }
    }),
    check("includes the window, the page and the partition in the request", () => {
      const provider = make();
      for (const { name, list } of listsOf(provider)) {
        const [first, ...others] = sampleQueries(list, provider.timeZone);
        if (first === undefined) continue;
        for (const { what, query } of others) {
          assert.notDeepEqual(
            list.request(query),
            list.request(first.query),
            `\`${name}.request\` returns the same request for ${what} as for the first page: the difference is missing from the request, or lost by rounding`,
          );
        }
      }
    }),
    check("uses an absolute https: URL", () => {
      forEachRequest(({ url }, what) => {
        assert.ok(URL.canParse(url), `${what}: the URL must be absolute, not ${JSON.stringify(url)}`);
        const { protocol, hostname, username, password, search, hash } = new URL(url);
        assert.ok(
          protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname)),
          `${what}: the URL must be https:. Plain http: is allowed for loopback hosts only`,
        );
        assert.equal(username + password, "", `${what}: the URL must not hold credentials: \`auth\` adds them`);
        assert.equal(
          search + hash,
          "",
          `${what}: parameters belong in \`query\`, where they are escaped, not in \`url\``,
        );
      });
    }),
    check("returns valid requests", () => {
      forEachRequest((request, what) => {
        const { method, query = {}, headers = {}, body } = request;
        assert.ok(["GET", "POST"].includes(method), `${what}: the method must be "GET" or "POST"`);
        assert.ok(method !== "GET" || body === undefined, `${what}: a GET has no body: parameters belong in \`query\``);
        for (const [name, value] of [...Object.entries(query), ...Object.entries(headers)])
          assert.equal(typeof value, "string", `${what}: the value of \`${name}\` must be text`);
        if (body !== undefined)
          assert.deepEqual(
            JSON.parse(JSON.stringify(body)),
            body,
            `${what}: the body must be plain JSON: no Date, no undefined, no NaN`,
          );
      });
    }),
    check("declares a token that belongs to its credentials", () => {
      const provider = make();
      const token = provider.auth?.token;
      if (token === undefined) return;
      assert.ok(token.key !== "", "`auth.token.key` must not be empty: accounts with the same key share a token");
      assert.ok(
        Number.isFinite(token.defaultTtlSeconds) && token.defaultTtlSeconds > 0,
        "`auth.token.defaultTtlSeconds` must be a number of seconds above 0",
      );
      assert.deepEqual(token.request(), token.request(), "`auth.token.request` must be pure");
      assert.equal(make().auth?.token?.key, token.key, "`auth.token.key` must be the same for the same credentials");
      for (const secret of provider.secrets())
        assert.ok(
          !token.key.includes(secret),
          "`auth.token.key` must not contain a secret, because token stores receive it",
        );
    }),
    check("authenticates requests without changing the query", async () => {
      const { auth, proofs } = await observeAuthorization(make(), makeVendor());
      if (auth === null) return;
      for (const { before, token } of proofs.slice(0, 20)) {
        const given = structuredClone(before);
        const after = await auth.authorize(before, { now: NOW, token });
        assert.deepEqual(before, given, "`authorize` must not change its argument: return a new request");
        assert.deepEqual(
          await auth.authorize(before, { now: NOW, token }),
          after,
          "`authorize` must be pure: the same request, time and token must give the same result",
        );
        assert.notDeepEqual(
          after,
          before,
          "`authorize` adds nothing: a provider without authentication declares `auth: null`",
        );
        assertSameRequest(before, after);
        if (auth.token === undefined) continue;
        const other = await auth.authorize(before, { now: NOW, token: "quite-another-token" });
        assert.notDeepEqual(other, after, "`authorize` does not use the token that the provider declares");
      }
    }),
  ];
}

async function observeAuthorization(provider: Provider, vendor: ReturnType<ConformanceSubject["vendor"]>) {
  const { observation, error } = await readHistory(provider, vendor, vendor);
  const { auth } = provider;
  assert.ok(
    auth === null || provider.send !== undefined || observation.authorized.length > 0,
    `no request was authenticated: ${reasonOf(error)}`,
  );
  return { auth: provider.send === undefined ? auth : null, proofs: observation.authorized };
}

/** Asserts that authentication only adds to a request: its target and its parameters must not change. */
function assertSameRequest(before: PreparedRequest, after: PreparedRequest): void {
  const [from, to] = [new URL(before.url), new URL(after.url)];
  assert.equal(after.method, before.method, "`authorize` must not change the method");
  assert.equal(
    to.origin + to.pathname,
    from.origin + from.pathname,
    "`authorize` must not change the target of the request",
  );
  for (const [name, value] of from.searchParams)
    assert.ok(to.searchParams.getAll(name).includes(value), `\`authorize\` must not change the parameter \`${name}\``);
  for (const [name, value] of Object.entries(before.headers))
    assert.equal(after.headers[name], value, `\`authorize\` must not change the header \`${name}\``);
  if (before.body === after.body) return;
  assert.ok(before.body !== null && after.body !== null, "`authorize` must not add or remove a body");
  const expectedBody: unknown = JSON.parse(before.body);
  const sent: unknown = JSON.parse(after.body);
  for (const [name, value] of Object.entries(expectedBody ?? {})) {
    assert.deepEqual(
      Object.entries(sent ?? {}).find(([key]) => key === name)?.[1],
      value,
      `\`authorize\` must not change \`${name}\` in the body`,
    );
  }
}
