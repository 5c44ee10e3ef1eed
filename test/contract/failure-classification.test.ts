import { describe, expect, it } from "vitest";
import { classifyStatus } from "../../src/contract/failure-classification.js";

function classify(status: number) {
  return classifyStatus({ status, headers: {}, body: {} });
}

describe("an HTTP status that the adapter does not classify more precisely", () => {
  it.each([200, 201, 204, 299])("%d is a success", (status) => {
    expect(classify(status)).toBeNull();
  });

  it.each([408, 500, 502, 503, 504, 599])("%d is retried", (status) => {
    expect(classify(status)).toEqual({ type: "retry", vendorCode: `HTTP ${status}`, message: null });
  });

  it("429 slows the account down", () => {
    expect(classify(429)?.type).toBe("throttle");
  });

  it.each([
    [401, "authentication"],
    [403, "permission"],
    [301, "response"],
    [304, "response"],
    [307, "response"],
    [400, "vendor"],
    [404, "vendor"],
    [422, "vendor"],
  ])("%d is not retried: the error code is %s", (status, error) => {
    expect(classify(status)).toEqual({ type: "fail", error, vendorCode: `HTTP ${status}`, message: null });
  });
});
