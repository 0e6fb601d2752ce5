/** Prometheus counters over restarts: the counts of earlier processes of an instance are added. */
export class Counters {
  readonly #lives = new Map<string, { before: number; last: number }>();

  /** @param text a scrape in Prometheus' text format */
  add(instance: string, text: string, names: readonly string[]): void {
    for (const line of text.split('\n')) {
      const space = line.lastIndexOf(' ');
      const sample = line.slice(0, space);
      if (!names.some((name) => sample === name || sample.startsWith(`${name}{`))) continue;
      const value = Number(line.slice(space + 1));
      const life = this.#lives.get(`${instance} ${sample}`) ?? { before: 0, last: 0 };
      // A counter that decreased was reset by a restart.
      if (value < life.last) life.before += life.last;
      life.last = value;
      this.#lives.set(`${instance} ${sample}`, life);
    }
  }

  /** Sum over all instances. `sample` with its labels, such as `step_outcomes_total{outcome="duplicate"}`. */
  total(sample: string): number {
    return [...this.#lives]
      .filter(([name]) => name.slice(name.indexOf(' ') + 1) === sample)
      .reduce((sum, [, { before, last }]) => sum + before + last, 0);
  }

  /** Samples of a metric that are above zero, summed over all instances: `step_outcomes_total{outcome="duplicate"}` → 3. */
  above(name: string): Map<string, number> {
    const samples = [...this.#lives.keys()].map((life) => life.slice(life.indexOf(' ') + 1));
    const ofName = new Set(samples.filter((sample) => sample === name || sample.startsWith(`${name}{`)));
    return new Map([...ofName].map((sample) => [sample, this.total(sample)] as const).filter(([, count]) => count > 0));
  }
}
