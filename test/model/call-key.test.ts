import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callKey, RequestError } from "call-records";

const part = fc.oneof(fc.string(), fc.constantFrom("", "/", "%", "%2F", "a/b", "a%2Fb", "\ud83d"));
const key = fc.record({ account: part, application: fc.option(part), id: part });

describe("the key of a call", () => {
  it("joins the account, the application and the id", () => {
    expect(callKey({ account: "tencent-ccc", application: "1400000000", id: "0cf5be1b" })).toBe(
      "tencent-ccc/1400000000/0cf5be1b",
    );
    expect(callKey({ account: "huawei-cec", application: null, id: "17" })).toBe("huawei-cec//17");
    expect(callKey({ account: "a/b", application: "50%", id: "c" })).toBe("a%2Fb/50%25/c");
  });

  it.each([
    [undefined, "argument `call`"],
    ["a/b/c", "argument `call`"],
    [{ account: "a", application: null }, "argument `call.id` must be a text"],
    [{ account: "a", application: 1_400_000_000, id: "1" }, "argument `call.application` must be a text, or null"],
    [{ account: "a", application: null, id: 17 }, "argument `call.id` must be a text"],
    [{ account: null, application: null, id: "17" }, "argument `call.account` must be a text"],
  ])("is refused for %o", (call, message) => {
    expect(() => callKey(call as never)).toThrow(RequestError);
    expect(() => callKey(call as never)).toThrow(`callKey: ${message}`);
  });

  it("is equal for two calls only if all three parts are equal. No application equals an empty one", () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const same =
          one.account === other.account && (one.application ?? "") === (other.application ?? "") && one.id === other.id;
        expect(callKey(one) === callKey(other)).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });
});
