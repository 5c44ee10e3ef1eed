/** What a piece of work took, in milliseconds: of time, and of the processor's. */
export interface Cost {
  wallMs: number;
  cpuMs: number;
}

export async function costOf(work: () => Promise<void>): Promise<Cost> {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
}
