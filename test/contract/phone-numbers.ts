import fc from "fast-check";

/** Mobile numbers, landlines with their area code and 400 numbers of China; numbers of other countries, one of them without a fixed length. */
export const e164Numbers = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^\+861[3-9]\d{9}$/) },
  ...[
    /^\+867[5-7]\d[2-8]\d{6}$/,
    /^\+86400\d{7}$/,
    /^\+852[69]\d{7}$/,
    /^\+658[1-8]\d{6}$/,
    /^\+628[1-3]\d{8}$/,
    /^\+4930[2-9]\d{6}$/,
    /^\+14155[2-9]\d{5}$/,
    /^\+4477009\d{5}$/,
  ].map((form) => ({ weight: 1, arbitrary: fc.stringMatching(form) })),
);

const SEPARATORS = [
  " ",
  "-",
  ".",
  "\u00a0",
  "\u2011",
  "\u2013",
  "\u2212",
  "\u200b",
  "\u200f",
  "\u3000",
  "(",
  ")",
  "_",
  "~",
  "\u30fb",
  "\u2043",
];

const toFullWidth = (text: string) => text.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));

/** Functions that write a number with separators, invisible marks, full-width digits, as a URI or with an extension. */
export const writtenForms = fc
  .record({
    separators: fc.array(fc.record({ at: fc.nat(14), text: fc.constantFrom(...SEPARATORS) }), { maxLength: 4 }),
    isFullWidth: fc.boolean(),
    isUri: fc.boolean(),
    extension: fc.constantFrom("", ";ext=12", " ext. 7", " x204", "#33", "转8001"),
  })
  .map(({ separators, isFullWidth, isUri, extension }) => (number: string) => {
    let text = isFullWidth ? toFullWidth(number) : number;
    // Not before the second character, so that 00 stays a prefix.
    for (const { at, text: separator } of separators) text = text.slice(0, at + 2) + separator + text.slice(at + 2);
    return `${isUri ? "tel:" : ""}${text}${extension}`;
  });
