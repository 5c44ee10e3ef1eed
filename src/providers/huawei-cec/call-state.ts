import { z } from "zod";
import type { FailureClassification } from "../../contract/failure-classification.js";
import type { HttpResponse } from "../../contract/http.js";
import type { LookupOperation } from "../../contract/lookup.js";
import { wireText, wireTextOrNull } from "../../contract/wire.js";
import { wireMapped, wireObject, wireRequired } from "../../contract/wire-schema.js";
import { mapCallState } from "./map.js";
import type { HuaweiCecFilters } from "./records.js";
import { callStateRow, type CallStateRow } from "./wire.js";

/** The key of any call. */
export interface HuaweiCecStateKeys {
  /** The vendor's id of the call: the record's `id`, as a text of at most 50 characters. A number of that size would lose digits. */
  callSerialNo: string;
}

/** Documented: a `callSerialNo` has at most 50 characters. */
const MAX_LENGTH = 50;

const keys = z.strictObject({
  callSerialNo: z
    .string("must be a text: as a number, the id would lose digits")
    .regex(/\S/, "must not be empty")
    .max(MAX_LENGTH, `must have at most ${MAX_LENGTH} characters`),
});

const isEmpty = (value: unknown) => value === undefined || value === null || value === "";

const resultSchema = z.record(z.string(), z.unknown()).nullish();

/**
 * The schema of a response of `queryCallState`. Documented: the code 1 means that the vendor could not find the state of the call. Any other success must contain
 * a state.
 */
const responseSchema = wireMapped(
  z.looseObject({ retCode: wireRequired(wireText, "a return code"), result: resultSchema }),
  "a state",
  ({ retCode, result }) => {
    const call = result ?? {};
    if (Object.values(call).every(isEmpty)) return retCode === "1" ? null : z.INVALID;
    return call;
  },
  ["result", "state"],
);

const envelope = wireObject({ retCode: wireTextOrNull, retMsg: wireTextOrNull });

/** Classifies the code 3, which is documented for this operation only: the format of `callSerialNo` is wrong. */
function classify({ status, body }: HttpResponse): FailureClassification | null {
  const { retCode, retMsg } = envelope.safeParse(body).data ?? { retCode: null, retMsg: null };
  if (status !== 200 || retCode !== "3") return null;
  const meaning = "the format of `callSerialNo` is incorrect";
  return {
    type: "fail",
    error: "request",
    vendorCode: retCode,
    message: retMsg === null ? meaning : `${meaning} (${retMsg})`,
  };
}

/**
 * Returns the lookup of one call by its `callSerialNo`: `queryCallState`, and then the history. Not documented: how long the vendor finds the state of a call. The
 * state has no talk times, so that an ended call is read from the history.
 */
export function findByState(
  endpoint: string,
  headers: Record<string, string>,
  defaultCountry: string | null,
): LookupOperation<HuaweiCecStateKeys, CallStateRow, HuaweiCecFilters> {
  return {
    type: "lookup",
    name: "queryCallState",
    keys,
    request: ({ callSerialNo }) => ({
      method: "POST",
      url: `${endpoint}/apiaccess/CC-Management/v1/mobileAgent/queryCallState`,
      headers: { ...headers },
      body: { callSerialNo },
    }),
    responseSchema,
    classify,
    row: callStateRow,
    times: { start: ["startTime"], others: ["endTime"] },
    map: (row, { callSerialNo }) => mapCallState(row, callSerialNo, defaultCountry),
    matches: ({ id }, { callSerialNo }) => id === callSerialNo,
    history: {
      // The vendor has no filter by id.
      filters: () => ({}),
      matches: ({ id }, { callSerialNo }) => id === callSerialNo,
    },
  };
}
