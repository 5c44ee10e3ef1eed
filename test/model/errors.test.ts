import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type * as Errors from "../../src/model/errors.js";
import {
  CallRecordsError,
  type ErrorCode,
  errorClasses,
  NetworkError,
  TimeoutError,
  VendorError,
} from "../../src/model/errors.js";

const details = {
  provider: "huawei-cec",
  account: "north",
  operation: "queryCallDetailRecord",
  vendorCode: "CC.12",
  requestId: "r-1",
  attempts: 3,
  window: { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" },
  retryable: true,
  retryAfterMs: 30_000,
};
const nothing = {
  provider: null,
  account: null,
  operation: null,
  vendorCode: null,
  requestId: null,
  attempts: null,
  window: null,
  retryable: false,
  retryAfterMs: null,
};
/** The path of another instance of the module, as another build of the package has. */
const otherPath = "../../src/model/errors.js?other-build";
const otherBuild = (await import(/* @vite-ignore */ otherPath)) as typeof Errors;
const classes = Object.entries(errorClasses) as [ErrorCode, (typeof errorClasses)[ErrorCode]][];

/** Returns the public name of the class of a code. */
const nameOf = (code: ErrorCode) =>
  `${code
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}Error`;

describe.each(classes)("an error of code %s", (code, ErrorClass) => {
  it("contains the given details, and null for the others", () => {
    expect({ ...new ErrorClass("what happened").toJSON() }).toEqual({
      name: nameOf(code),
      code,
      message: "what happened",
      ...nothing,
    });
    expect(new ErrorClass("what happened", details)).toMatchObject({
      name: nameOf(code),
      code,
      message: "what happened",
      ...details,
    });
  });

  it("is serialized to plain JSON without its stack", () => {
    expect(JSON.parse(JSON.stringify(new ErrorClass("what happened", details)))).toEqual({
      name: nameOf(code),
      code,
      message: "what happened",
      ...details,
    });
  });

  it("is an instance of its class, of the base and of Error, and of no other class", () => {
    const error: unknown = new ErrorClass("what happened");
    expect(classes.filter(([, other]) => error instanceof other).map(([other]) => other)).toEqual([code]);
    expect([error instanceof CallRecordsError, error instanceof Error]).toEqual([true, true]);
  });

  it("is an instance of the same class in another build of the package", () => {
    const OtherClass = otherBuild.errorClasses[code];
    const otherError: unknown = new OtherClass("other build");
    const error: unknown = new ErrorClass("this build");
    expect(OtherClass).not.toBe(ErrorClass);
    expect(classes.filter(([, other]) => otherError instanceof other).map(([other]) => other)).toEqual([code]);
    expect([
      error instanceof OtherClass,
      error instanceof otherBuild.CallRecordsError,
      otherError instanceof CallRecordsError,
    ]).toEqual([true, true, true]);
  });

  it("is an instance of the user's subclass only if it was created by it", () => {
    class Own extends ErrorClass {}
    class Other extends ErrorClass {}
    class Deeper extends Own {}
    const own: unknown = new Own("own");
    expect([own instanceof Own, own instanceof ErrorClass, own instanceof CallRecordsError]).toEqual([
      true,
      true,
      true,
    ]);
    expect([own instanceof Other, own instanceof Deeper]).toEqual([false, false]);
    expect(new Deeper("deeper") instanceof Own).toBe(true);
    expect((new ErrorClass("the library's") as unknown) instanceof Own).toBe(false);
    expect((new otherBuild.errorClasses[code]("other build") as unknown) instanceof Own).toBe(false);
    expect(own instanceof otherBuild.errorClasses[code]).toBe(true);
    expect(own).toHaveProperty("name", "Own");
  });
});

describe("a value that is not an error of the library", () => {
  it("is not an instance of its error classes", () => {
    const values = fc.oneof(
      fc.anything({ withNullPrototype: true, withDate: true }),
      fc.constantFrom<unknown>(new Error("plain"), new TypeError("plain"), null, undefined, "VendorError", {
        code: "vendor",
        name: "VendorError",
      }),
    );
    fc.assert(
      fc.property(values, (value) => {
        expect(value instanceof CallRecordsError || value instanceof VendorError).toBe(false);
      }),
    );
  });
});

it("an error of a user's subclass of the base is an instance of both, and of no other class", () => {
  class Own extends CallRecordsError {
    readonly code = "vendor";
  }
  const own: unknown = new Own("own");
  expect([own instanceof Own, own instanceof CallRecordsError, own instanceof VendorError]).toEqual([
    true,
    true,
    false,
  ]);
  expect((new NetworkError("the library's") as unknown) instanceof Own).toBe(false);
});

it("the stack begins with the class and the message", () => {
  expect(new TimeoutError("late").stack).toMatch(/^(TimeoutError|Error): late\n/);
});
