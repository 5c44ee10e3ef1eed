import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { URL } from "node:url";
import type { PreparedRequest, Provider } from "../../index.js";
import type { HttpRequest } from "../../adapter.js";
import type { ConformanceCheck } from "./check.js";
import { listsOf } from "./lists.js";
import { sampleQueries, sampleRequests } from "./sample-queries.js";
import { readHistory, reasonOf } from "./reading.js";
import type { ConformanceSubject } from "./subject.js";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const NOW = new Date(Date.UTC(2026, 10, 20, 12));

/** That requests say what they are to ask for, and nothing else, and are proven without being changed. */
export function requestChecks({
  provider: make,
  vendor: makeVendor,
  examples,
}: ConformanceSubject): ConformanceCheck[] {
  const check = (name: string, run: ConformanceCheck["run"]): ConformanceCheck => ({ group: "limits", name, run });
  const forEachRequest = (visit: (request: HttpRequest, what: string) => void) => {
    for (const { request, what } of sampleRequests(make(), examples.findCall?.keys)) visit(request, what);
  };
  return [
    check("asks the same of the same question, and leaves the question as it was", async () => {
      const provider = make();
      for (const { name, list } of listsOf(provider)) {
        for (const { what, query } of sampleQueries(list, provider.timeZone)) {
          const copy = structuredClone(query);
          const once = structuredClone(list.request(query));
          await delay(2);
          assert.deepEqual(
            list.request(query),
            once,
            `\`${name}.request\` must be pure: asked twice for ${what}, it asked for two things. Times and signatures belong in \`auth\``,
          );
          assert.deepEqual(query, copy, `\`${name}.request\` must not change the query that it is given`);
        }
      }
    }),
    check("writes the window, the page and the partition into the request", () => {
      const provider = make();
      for (const { name, list } of listsOf(provider)) {
        const [first, ...others] = sampleQueries(list, provider.timeZone);
        if (first === undefined) continue;
        for (const { what, query } of others) {
          assert.notDeepEqual(
            list.request(query),
            list.request(first.query),
            `\`${name}.request\` asks for ${what} as it asks for the first page: what tells them apart is missing in the request, or rounded away`,
          );
        }
      }
    }),
    check("sends to an absolute https: URL", () => {
      forEachRequest(({ url }, what) => {
        assert.ok(URL.canParse(url), `${what}: the URL must be absolute, not ${JSON.stringify(url)}`);
        const { protocol, hostname, username, password, search, hash } = new URL(url);
        assert.ok(
          protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname)),
          `${what}: the URL must be https: — plain http: is for loopback hosts only`,
        );
        assert.equal(username + password, "", `${what}: the URL must not hold credentials: \`auth\` adds them`);
        assert.equal(
          search + hash,
          "",
          `${what}: parameters belong in \`query\`, where they are escaped, not in \`url\``,
        );
      });
    }),
    check("sends what can be sent", () => {
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
            `${what}: the body must be what JSON can carry: no Date, no undefined, no NaN`,
          );
      });
    }),
    check("takes a token that belongs to its credentials", () => {
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
        assert.ok(!token.key.includes(secret), "`auth.token.key` must not hold a secret: it is handed to token stores");
    }),
    check("proves its sender without changing what is asked", async () => {
      const { auth, proofs } = await observeAuthorization(make(), makeVendor());
      if (auth === null) return;
      for (const { before, token } of proofs.slice(0, 20)) {
        const given = structuredClone(before);
        const after = await auth.authorize(before, { now: NOW, token });
        assert.deepEqual(before, given, "`authorize` must not change the request that it is given: answer a new one");
        assert.deepEqual(
          await auth.authorize(before, { now: NOW, token }),
          after,
          "`authorize` must be pure: the same request, time and token must give the same proof",
        );
        assert.notDeepEqual(
          after,
          before,
          "`authorize` adds nothing: a provider that needs no proof declares `auth: null`",
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
    `no request was proven: ${reasonOf(error)}`,
  );
  return { auth: provider.send === undefined ? auth : null, proofs: observation.authorized };
}

/** A proof is added to a request: its target and all its parameters stay as they are. */
function assertSameRequest(before: PreparedRequest, after: PreparedRequest): void {
  const [from, to] = [new URL(before.url), new URL(after.url)];
  assert.equal(after.method, before.method, "`authorize` must not change the method");
  assert.equal(
    to.origin + to.pathname,
    from.origin + from.pathname,
    "`authorize` must not change where the request goes",
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
