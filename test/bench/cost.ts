/** What a piece of work took, in milliseconds: of time, and of the processor's. */
export interface Cost {
  wallMs: number;
  cpuMs: number;
}

/** @param work may ask what it has taken so far. */
export async function costOf(work: (soFar: () => Cost) => Promise<void>): Promise<Cost> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  const soFar = () => {
    const { user, system } = process.cpuUsage(cpu);
    return { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
  };
  await work(soFar);
  return soFar();
}

/** The processor time of a row, of so many that were read. */
export function microsecondsARow({ cpuMs, rows }: Pick<Cost, "cpuMs"> & { rows: number }): number {
  return (cpuMs * 1000) / rows;
}
