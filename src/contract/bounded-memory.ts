/**
 * Returns a function that finds a value by a key, and remembers it. It forgets all values when it remembers `max` of them.
 * @param max the greatest number of values in memory.
 */
export function boundedMemory<Value extends object | string | null>(
  max: number,
): (key: string, find: () => Value) => Value {
  const known = new Map<string, Value>();
  return (key, find) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= max) known.clear();
    const value = find();
    known.set(key, value);
    return value;
  };
}
