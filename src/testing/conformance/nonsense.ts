/** Answers and rows that no vendor documents, and some gateway sends all the same. Undefined stands for a body that is no JSON. */
export const nonsense: readonly unknown[] = [
  undefined,
  null,
  true,
  0,
  -1,
  1.5,
  "",
  "<!doctype html><title>502 Bad Gateway</title>",
  [],
  [null],
  [[]],
  {},
  { status: null, code: null, error: null, message: null, data: null, result: null, Response: null },
  { status: {}, code: [], error: {}, message: [], data: [], result: [], Response: [] },
  { status: 987_654, code: 987_654, retCode: 987_654, error: "unheard-of", data: { total: "many", records: {} }, Response: { Error: "unheard-of" } },
  Array.from({ length: 200 }).reduce<unknown>((inner) => ({ inner }), null),
];
