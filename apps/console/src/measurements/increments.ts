import type { Series } from './prometheus-text.js';

/** How much each counter has grown from one scrape of an instance to the next. */
export class Increments {
  readonly #last = new Map<string, Map<string, number>>();

  /**
   * At the first scrape of an instance nothing is known to have grown. A counter that has fallen was restarted, so all
   * of it is new.
   */
  take(instance: string, scraped: readonly Series[]): Series[] {
    const before = this.#last.get(instance);
    const now = new Map(scraped.map((series) => [keyOf(series), series.value]));
    this.#last.set(instance, now);
    if (!before) return [];
    return scraped.map((series) => {
      const earlier = before.get(keyOf(series)) ?? 0;
      return { ...series, value: series.value >= earlier ? series.value - earlier : series.value };
    });
  }
}

const keyOf = ({ name, labels }: Series): string => `${name}${JSON.stringify(labels)}`;
