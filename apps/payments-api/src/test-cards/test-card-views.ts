import type { views } from '#contracts';
import { testCards } from './test-card.js';

/** Each test card that has a name, by its first token. */
export function testCardViews(): views.TestCardView[] {
  return testCards.flatMap(({ names: [name], brand, country, funding, behavior, ...traits }) =>
    name === undefined
      ? []
      : [
          {
            token: `tok_${name}`,
            brand,
            country,
            funding,
            behavior,
            riskLevel: traits.riskLevel ?? null,
            bypassesPending: traits.bypassesPending ?? false,
            refundsBeginPending: traits.refundsBeginPending ?? false,
          },
        ],
  );
}
