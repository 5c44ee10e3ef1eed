/**
 * Divides kills among campaigns. Each has its own seed.
 * @param campaigns the number of campaigns.
 */
export function divideKills(kills: number, campaigns: number, seed: number): { kills: number; seed: number }[] {
  return Array.from({ length: campaigns }, (_, index) => ({
    kills: Math.floor(((index + 1) * kills) / campaigns) - Math.floor((index * kills) / campaigns),
    // The seeds are far apart, so that runs with adjacent seeds do not repeat the same moments.
    seed: seed + index * 1_000_003,
  }));
}

/** Runs all campaigns, several at a time. @throws the error of a campaign that failed, when the others have finished and removed their folders. */
export async function runCampaigns<Options, Result>(
  campaigns: readonly Options[],
  concurrency: number,
  run: (options: Options) => Promise<Result>,
): Promise<(Options & Result)[]> {
  const waiting = [...campaigns];
  const runLane = async () => {
    const results: (Options & Result)[] = [];
    for (let options = waiting.shift(); options !== undefined; options = waiting.shift())
      results.push({ ...options, ...(await run(options)) });
    return results;
  };
  const lanes = await Promise.allSettled(Array.from({ length: concurrency }, runLane));
  return lanes.flatMap((lane) => {
    if (lane.status === "rejected") throw lane.reason;
    return lane.value;
  });
}
