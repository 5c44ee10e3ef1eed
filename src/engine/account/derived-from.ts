/** Returns an object with the properties and the methods of another one, some of which are replaced. The other object does not change. */
export function derivedFrom<Base extends object>(base: Base, replaced: object): Base {
  const properties: PropertyDescriptorMap = {};
  for (const [name, value] of Object.entries(replaced) as [string, unknown][])
    properties[name] = { value, enumerable: true };
  return Object.create(base, properties) as Base;
}
