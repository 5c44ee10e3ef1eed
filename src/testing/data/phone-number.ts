import type { Random } from "./random.js";

/** The parts of a telephone number. */
export interface PhoneNumber {
  /** Digits only. */
  countryCode: string;
  country: string;
  /** Without the country code and without a trunk 0. */
  national: string;
}

const digits = (random: Random, count: number) => {
  let text = "";
  for (let place = 0; place < count; place++) text += String(random.integer(0, 9));
  return text;
};

type Dial = (random: Random) => string;

const COUNTRIES: readonly [
  readonly [{ code: string; name: string; dial: Dial }, number],
  ...(readonly [{ code: string; name: string; dial: Dial }, number])[],
] = [
  [{ code: "86", name: "China", dial: (random) => `1${String(random.integer(3, 9))}${digits(random, 9)}` }, 60],
  [{ code: "852", name: "Hong Kong", dial: (random) => `${random.pick(["5", "6", "9"])}${digits(random, 7)}` }, 8],
  [{ code: "65", name: "Singapore", dial: (random) => `${random.pick(["8", "9"])}${digits(random, 7)}` }, 8],
  [{ code: "60", name: "Malaysia", dial: (random) => `1${digits(random, 8)}` }, 6],
  [{ code: "62", name: "Indonesia", dial: (random) => `8${digits(random, 10)}` }, 6],
  [{ code: "84", name: "Vietnam", dial: (random) => `9${digits(random, 8)}` }, 5],
  [{ code: "1", name: "United States", dial: (random) => `415${String(random.integer(2, 9))}${digits(random, 6)}` }, 4],
  [{ code: "44", name: "United Kingdom", dial: (random) => `7${digits(random, 9)}` }, 3],
];

/** Returns a customer's number. Most customers are in China. */
export function customerNumber(random: Random): PhoneNumber {
  const { code, name, dial } = random.weighted(COUNTRIES);
  return { countryCode: code, country: name, national: dial(random) };
}

/** Returns the number of a customer in China. */
export function mainlandNumber(random: Random): PhoneNumber {
  const { code, name, dial } = COUNTRIES[0][0];
  return { countryCode: code, country: name, national: dial(random) };
}
