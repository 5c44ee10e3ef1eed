/** EndStatus and EndStatusString of TelCdrInfo, as the data type's page and the SDK's models list them. */
export const END_STATUSES: ReadonlyMap<number, string> = new Map([
  [0, "error"],
  [1, "ok"],
  [2, "unconnected"],
  [100, "blackList"],
  [102, "ivrGiveUp"],
  [103, "waitingGiveUp"],
  [104, "ringingGiveUp"],
  [105, "noSeatOnline"],
  [106, "notWorkTime"],
  [107, "ivrEnd"],
  [108, "restrictedCallee"],
  [109, "tooManyRequest"],
  [110, "restrictedArea"],
  [111, "restrictedTime"],
  [201, "unknown"],
  [202, "notAnswer"],
  [203, "userReject"],
  [204, "powerOff"],
  [205, "numberNotExist"],
  [206, "busy"],
  [207, "outOfCredit"],
  [208, "operatorError"],
  [209, "callerCancel"],
  [210, "notInService"],
  [211, "clientError"],
  [212, "carrierBlocked"],
  [213, "callReminder"],
  [215, "numberInvalid"],
  [216, "callRestricted"],
  [217, "calleeRestricted"],
  [218, "areaRestricted"],
  [219, "promptCallForwarding"],
  [220, "callerCancelWhileRing"],
  [221, "callerCancelWithoutRing"],
  [222, "voiceMailReached"],
  [501, "callConflict"],
  [502, "clientTimeout"],
  [503, "voipClientError"],
]);

/** AI calls return codes that are not in the table. Their names are not documented. */
export const UNDOCUMENTED_END_STATUSES = [225, 229, 233] as const;

export const endStatusText = (code: number): string => END_STATUSES.get(code) ?? `endStatus${code}`;

/** The last stage of an unanswered call. */
export type Stage = "dialled" | "menu" | "queue" | "ringing";

/** Statuses and last stages of unanswered inbound calls, with weights. */
export const INBOUND_MISSES: readonly [
  readonly [readonly [number, Stage], number],
  ...(readonly [readonly [number, Stage], number])[],
] = [
  [[104, "ringing"], 24],
  [[103, "queue"], 22],
  [[102, "menu"], 18],
  [[107, "menu"], 14],
  [[106, "menu"], 8],
  [[105, "queue"], 7],
  [[100, "dialled"], 2],
  [[0, "menu"], 1],
  [[211, "ringing"], 1],
  [[501, "ringing"], 0.7],
  [[502, "ringing"], 0.7],
  [[503, "ringing"], 0.7],
];

/** Statuses and last stages of unanswered outbound calls, with weights. */
export const OUTBOUND_MISSES: readonly [
  readonly [readonly [number, Stage], number],
  ...(readonly [readonly [number, Stage], number])[],
] = [
  [[202, "ringing"], 30],
  [[203, "ringing"], 14],
  [[206, "dialled"], 10],
  [[204, "dialled"], 8],
  [[209, "ringing"], 5],
  [[220, "ringing"], 5],
  [[221, "dialled"], 4],
  [[210, "dialled"], 4],
  [[205, "dialled"], 4],
  [[222, "ringing"], 3],
  [[215, "dialled"], 2],
  [[212, "dialled"], 2],
  [[108, "dialled"], 2],
  [[109, "dialled"], 1],
  [[110, "dialled"], 1],
  [[111, "dialled"], 1],
  [[201, "ringing"], 1],
  [[2, "ringing"], 1],
  [[207, "dialled"], 1],
  [[208, "dialled"], 1],
  [[211, "dialled"], 1],
  [[213, "ringing"], 1],
  [[216, "dialled"], 1],
  [[217, "dialled"], 1],
  [[218, "dialled"], 1],
  [[219, "ringing"], 1],
  [[0, "dialled"], 1],
  [[225, "ringing"], 0.8],
  [[229, "ringing"], 0.6],
  [[233, "dialled"], 0.6],
];
