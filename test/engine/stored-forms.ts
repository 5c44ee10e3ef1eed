import fc from "fast-check";
import {
  type BuiltInProvider,
  type CallRecord,
  CallRecordsClient,
  huaweiCec,
  itniotech,
  type Party,
  tencentCcc,
} from "call-records";

const client = new CallRecordsClient<BuiltInProvider>({
  providers: [
    tencentCcc({ secretId: "id-of-a-test", secretKey: "key-of-a-test", sdkAppIds: [1_400_000_000] }),
    huaweiCec({ appKey: "key-of-a-test", appSecret: "secret-of-a-test" }),
    itniotech({ apiKey: "key-of-a-test", apiSecret: "secret-of-a-test" }),
  ],
});

/** A number by its parts. */
export interface NumberParts {
  code: string;
  /** Without a trunk prefix. */
  national: string;
  /** The digits before a national number. */
  trunk: string;
}

/** Numbers with a trunk prefix 0, 8 or 06, without one, and, in Italy, with a zero that is part of the number. */
export const numberParts = fc.oneof(
  ...[
    { code: "86", national: /^1[3-9]\d{9}$/, trunk: "0" },
    { code: "86", national: /^21[5-6]\d{7}$/, trunk: "0" },
    { code: "86", national: /^75[1-9][2-8]\d{6}$/, trunk: "0" },
    { code: "852", national: /^[69]\d{7}$/, trunk: "" },
    { code: "65", national: /^8[1-8]\d{6}$/, trunk: "" },
    { code: "62", national: /^81[1-3]\d{8}$/, trunk: "0" },
    { code: "49", national: /^30[2-9]\d{6}$/, trunk: "0" },
    { code: "39", national: /^06[4-9]\d{6}$/, trunk: "" },
    { code: "39", national: /^34[789]\d{7}$/, trunk: "" },
    { code: "1", national: /^202[2-9]\d{2}01\d{2}$/, trunk: "" },
    { code: "44", national: /^77009\d{5}$/, trunk: "0" },
    { code: "81", national: /^90[1-9]\d{7}$/, trunk: "0" },
    { code: "7", national: /^9161\d{6}$/, trunk: "8" },
    { code: "36", national: /^20[2-9]\d{6}$/, trunk: "06" },
  ].map(({ code, national, trunk }) =>
    fc.stringMatching(national).map((digits) => ({ code, national: digits, trunk })),
  ),
);

/** Functions that write all digits of a number with its country code, also with a zero or a trunk prefix that does not belong there. */
export const completeForms = fc.constantFrom<(parts: NumberParts) => string>(
  ({ code, national }) => `+${code}${national}`,
  ({ code, national }) => `00${code}${national}`,
  ({ code, national }) => `+00${code}${national}`,
  ({ code, national }) => `00+${code}${national}`,
  ({ code, national }) => `${code}${national}`,
  ({ code, national }) => `${code}-${national}`,
  ({ code, national }) => `(${code}) ${national}`,
  ({ code, national }) => `+${code}0${national}`,
  ({ code, national }) => `${code}0${national}`,
  ({ code, national }) => `(${code}) 0${national}`,
  ({ code, national }) => `+${code} (0)${national}`,
  ({ code, national, trunk }) => `+${code} ${trunk} ${national}`,
  ({ code, national, trunk }) => `00${code}${trunk}${national}`,
);

/** Functions that write less than a complete number, or more than one number. */
export const partialForms = fc.constantFrom<(parts: NumberParts) => string>(
  ({ national, trunk }) => `${trunk}${national}`,
  ({ national }) => national,
  ({ code, national }) => (code === "86" && national.startsWith("21") ? national.slice(2) : national),
  ({ code, national }) => `011${code}${national}`,
  ({ code, national }) => `${code === "86" ? "17951" : ""}${national}`,
  ({ code, national }) => `+${code}${national.slice(0, -8)}****${national.slice(-4)}`,
  ({ national }) => `${national.slice(0, -6)}****${national.slice(-2)}`,
  ({ code, national }) => `${code}${national.slice(0, -4)}****`,
  ({ code, national }) => `sip:+${code}${national}@10.0.0.1`,
  ({ code, national }) => `4008001234,+${code}${national}`,
  ({ code, national }) => `+${code}${national};0218888`,
);

/** Functions that write a number with an extension, another number, a mask or a prefix that does not belong to it. */
export const unclearForms = fc.constantFrom<(parts: NumberParts) => string>(
  ...[" ", "-", "_", "/", " (", ",", "#", "转", " ext. "].flatMap((separator) =>
    ["1", "80", "801", "1234"].map(
      (extension) => (parts: NumberParts) => `${nationalOf(parts)}${separator}${extension}`,
    ),
  ),
  ...["/", " ", "\n", "-", ",", ";", "、", "转", "#"].flatMap((separator) => [
    (parts: NumberParts) => `${parts.national}${separator}13800000000`,
    (parts: NumberParts) => `4008001234${separator}${nationalOf(parts)}`,
    ({ code, national }: NumberParts) => `+${code}${national}${separator}02087654321`,
  ]),
  ...[",", "#", "转"].flatMap((separator) => [
    ({ national }: NumberParts) => `9${separator}${national}`,
    ({ national }: NumberParts) => `6001${separator}${national.slice(-8)}`,
  ]),
  ...["****", "xxxx", "----", "••••", "****-801", "****转801"].flatMap((mask) => [
    ({ code, national }: NumberParts) => `00${code}${national.slice(0, -4)}${mask}`,
    (parts: NumberParts) => `${nationalOf(parts).slice(0, -4)}${mask}`,
    ({ code, national, trunk }: NumberParts) => `${code}-${trunk}-${national.slice(0, -4)}${mask}`,
    ({ national }: NumberParts) => `${national.slice(0, 3)}${mask}`,
    ({ national }: NumberParts) => `${national.slice(0, 3)}****${national.slice(-4)}-80`,
  ]),
  () => "***********",
  ({ code, national }) => `00${national}${code === "86" ? "" : "/1"}`,
  ({ national }) => `0 0${national}`,
  ({ national }) => `${national}.0`,
);

const nationalOf = ({ national, trunk }: NumberParts) => `${trunk}${national}`;

const CALLED_AT = 1_793_000_000;

/** A place of a customer's number in a row: returns the party that the adapter reads. */
interface Place {
  name: string;
  country: string | null;
  read: (number: string, parts: NumberParts) => Party | null;
}

const tencent = (row: object) =>
  client.normalize("tencent-ccc", { SessionId: "1", Time: CALLED_AT, ...row }, { application: "1400000000" });
const huawei = (row: object) =>
  client.normalize("huawei-cec", { callSerialNo: "1", startTime: CALLED_AT * 1000, ...row });
const itnio = (row: object) =>
  client.normalize("itniotech", { keyId: 1, callStartTime: "2026-11-01 09:00:00", ...row });

const customerOf = ({ customer }: CallRecord) => customer;
const outbound = { callType: 3, called: null };

/** Every place in which a row of a vendor contains a number. */
export const places = fc.constantFrom<Place>(
  { name: "Tencent Caller", country: null, read: (Caller) => customerOf(tencent({ Direction: 0, Caller })) },
  { name: "Tencent Callee", country: null, read: (Callee) => customerOf(tencent({ Direction: 1, Callee })) },
  { name: "Huawei called", country: "CN", read: (called) => huawei({ called }).callee },
  { name: "Huawei caller", country: "CN", read: (caller) => huawei({ caller }).caller },
  { name: "Itniotech called", country: null, read: (called) => customerOf(itnio({ callType: 3, called })) },
  {
    name: "Itniotech encryptCalled",
    country: null,
    read: (encryptCalled) => customerOf(itnio({ ...outbound, encryptCalled })),
  },
  {
    name: "Itniotech encryptCalled, ccode",
    country: null,
    read: (encryptCalled, { code }) => customerOf(itnio({ ...outbound, encryptCalled, ccode: `${code}(Country)` })),
  },
  {
    name: "Itniotech caller, ccode",
    country: null,
    read: (caller, { code }) => customerOf(itnio({ callType: 2, caller, ccode: `${code}(Country)` })),
  },
  {
    name: "Itniotech line, ccode of the customer",
    country: null,
    read: (caller) => itnio({ callType: 3, caller, ccode: "86(China)" }).caller,
  },
);

/** Places of a customer's number beside another number or text of the same party. */
export const besidePlaces = fc.constantFrom<(number: string) => { party: Party | null; country: string | null }>(
  ...["1001", "***", "138****", "99887766"].flatMap((other) => [
    (number: string) => ({
      party: customerOf(itnio({ callType: 3, called: other, encryptCalled: number })),
      country: null,
    }),
    (number: string) => ({
      party: customerOf(tencent({ Direction: 1, Callee: other, ProtectedCallee: number })),
      country: null,
    }),
    (number: string) => ({ party: huawei({ caller: other, callerPresent: number }).caller, country: "CN" }),
  ]),
  (number) => ({ party: huawei({ called: null, agentPresent: number }).callee, country: "CN" }),
);

/** Returns the callee of a row of a vendor with these fields, and the country of the account. */
export function calleeOf(vendor: "tencent" | "huawei" | "itnio", row: object) {
  if (vendor === "tencent") return { party: tencent({ Direction: 1, ...row }).callee, country: null };
  if (vendor === "huawei") return { party: huawei(row).callee, country: "CN" };
  return { party: itnio({ callType: 3, ...row }).callee, country: null };
}
