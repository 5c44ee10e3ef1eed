/** The wall-clock and CPU time of some work, in milliseconds. */
export interface Cost {
  wallMs: number;
  cpuMs: number;
}

/** Measures the cost of some work. @param work the work, which may call `soFar` for its cost up to then. */
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

/** Returns the CPU time for each row. */
export function microsecondsARow({ cpuMs, rows }: Pick<Cost, "cpuMs"> & { rows: number }): number {
  return (cpuMs * 1000) / rows;
}
