/** A type in which every field of every object may be left out. */
export type DeepPartial<Value> = Value extends Date
  ? Value
  : Value extends readonly (infer Item)[]
    ? DeepPartial<Item>[]
    : Value extends object
      ? { [Field in keyof Value]?: DeepPartial<Value[Field]> }
      : Value;
