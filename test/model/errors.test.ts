import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
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
};
const classes = Object.entries(errorClasses) as [ErrorCode, (typeof errorClasses)[ErrorCode]][];

/** The name that the public interface gives to the class of a code. */
const nameOf = (code: ErrorCode) =>
  `${code
    .split("-")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("")}Error`;

describe.each(classes)("an error of code %s", (code, ErrorClass) => {
  it("tells what is known, and null for what is not", () => {
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

  it("is plain JSON without its stack", () => {
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

  it("is an instance also for a foreign build's classes, and theirs for ours", async () => {
    vi.resetModules();
    const foreign = await import("../../src/model/errors.js");
    const ForeignClass = foreign.errorClasses[code];
    const theirs: unknown = new ForeignClass("theirs");
    const ours: unknown = new ErrorClass("ours");
    expect(ForeignClass).not.toBe(ErrorClass);
    expect(classes.filter(([, other]) => theirs instanceof other).map(([other]) => other)).toEqual([code]);
    expect([
      ours instanceof ForeignClass,
      ours instanceof foreign.CallRecordsError,
      theirs instanceof CallRecordsError,
    ]).toEqual([true, true, true]);
  });

  it("of a user's subclass is an instance of it and of ours; ours are none of it", async () => {
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
    expect((new ErrorClass("ours") as unknown) instanceof Own).toBe(false);
    vi.resetModules();
    const foreign = await import("../../src/model/errors.js");
    expect((new foreign.errorClasses[code]("theirs") as unknown) instanceof Own).toBe(false);
    expect(own instanceof foreign.errorClasses[code]).toBe(true);
    expect(own).toHaveProperty("name", "Own");
  });
});

describe("what is none of our errors", () => {
  it("is an instance of no class of ours", () => {
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

it("a user's own error under the base is ours, and no other class's", () => {
  class Own extends CallRecordsError {
    readonly code = "vendor";
  }
  const own: unknown = new Own("own");
  expect([own instanceof Own, own instanceof CallRecordsError, own instanceof VendorError]).toEqual([
    true,
    true,
    false,
  ]);
  expect((new NetworkError("ours") as unknown) instanceof Own).toBe(false);
});

it("a stack begins with the class and the message", () => {
  expect(new TimeoutError("late").stack).toMatch(/^(TimeoutError|Error): late\n/);
});
