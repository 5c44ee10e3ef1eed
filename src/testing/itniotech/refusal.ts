import type { VendorResponse } from "../vendor.js";

const REASONS: Record<number, string> = {
  [-1]: "Authentication error",
  [-11]: "Time format error",
  [-15]: "Requests are too frequent",
  [-16]: "Timestamp expires",
  [-18]: "System error",
  [-21]: "Parameter error",
  [-22]: "Parameter exception",
  [-23]: "Data limit exceeded",
  [-24]: "Data does not exist",
  [-76]: "The search time interval cannot be greater than 93 days!",
};

/** Returns a refusal: HTTP 200 and a numeric status, as in the documentation's sample. */
export const itniotechRefusal = (operation: string, status: number): VendorResponse => ({
  status: 200,
  body: JSON.stringify({ status, reason: REASONS[status] ?? "Port program unusual", data: null }),
  operation,
  refusal: String(status),
});
