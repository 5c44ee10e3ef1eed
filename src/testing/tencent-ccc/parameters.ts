/** An API error: HTTP 200 with `{ Response: { Error: { Code, Message }, RequestId } }`. */
export class TencentRefusal extends Error {
  override readonly name = "TencentRefusal";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Reads an action's parameters as strictly as the gateway: it refuses unknown names and strings for integers. */
export class TencentParameters {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(body: Buffer, known: readonly string[]) {
    const values = parseObject(body);
    for (const name of values.keys())
      if (!known.includes(name))
        throw new TencentRefusal("UnknownParameter", `The parameter \`${name}\` is not recognized.`);
    this.#values = values;
  }

  integer(name: string): number {
    const value = this.#values.get(name);
    if (value === undefined || value === null)
      throw new TencentRefusal("MissingParameter", `The request is missing a required parameter \`${name}\`.`);
    if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrongType(name, "int64");
    return value;
  }

  string(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined || value === null)
      throw new TencentRefusal("MissingParameter", `The request is missing a required parameter \`${name}\`.`);
    if (typeof value !== "string") throw wrongType(name, "string");
    return value;
  }

  /** Returns an empty list when absent. */
  integers(name: string): number[] {
    return this.#list(name).map((value) => {
      if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrongType(name, "list of int64");
      return value;
    });
  }

  /** Returns an empty list when absent. */
  strings(name: string): string[] {
    return this.#list(name).map((value) => {
      if (typeof value !== "string") throw wrongType(name, "list of string");
      return value;
    });
  }

  #list(name: string): unknown[] {
    const value = this.#values.get(name);
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) throw wrongType(name, "list");
    return value;
  }
}

function wrongType(name: string, wanted: string): TencentRefusal {
  return new TencentRefusal(
    "InvalidParameter",
    `The type of the parameter \`${name}\` is wrong: ${wanted} is expected.`,
  );
}

function parseObject(body: Buffer): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return new Map(Object.entries(value));
  } catch {
    // Handled below like any other body that is not an object.
  }
  throw new TencentRefusal("InvalidParameter", "The request body is not a JSON object.");
}
