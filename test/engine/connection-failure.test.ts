import { expect, it } from "vitest";
import { noResponse, proxyUnreachable } from "../../src/engine/http/connection-failure.js";

function failedWith(code: string): Error {
  return Object.assign(new Error(`connect ${code}`), { code });
}

it.each([
  ["EMFILE", "this process has too many open files (EMFILE)"],
  ["ENFILE", "this machine has too many open files (ENFILE)"],
])("%s is reported as too many open files, not as a network failure", (code, words) => {
  for (const error of [
    noResponse("vendor.example", failedWith(code)),
    proxyUnreachable(new URL("http://proxy.example:3128"), failedWith(code)),
  ]) {
    expect(error).toMatchObject({ name: "NetworkError", vendorCode: code, retryable: true });
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/check the (network|option)/i);
  }
});

it.each(["ECONNREFUSED", "ENOTFOUND", "ECONNRESET"])("%s is reported by its code", (code) => {
  expect(noResponse("vendor.example", failedWith(code))).toMatchObject({ vendorCode: code });
});
