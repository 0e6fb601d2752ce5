/** Probability of at least `times` successes in `trials` independent trials (binomial distribution). */
export function chanceOfAtLeast(times: number, trials: number, probability: number): number {
  let logChance = trials * Math.log1p(-probability);
  let chance = 0;
  for (let count = 0; count <= trials; count++) {
    if (count >= times) chance += Math.exp(logChance);
    logChance += Math.log((trials - count) / (count + 1)) + Math.log(probability / (1 - probability));
  }
  return Math.min(1, chance);
}
