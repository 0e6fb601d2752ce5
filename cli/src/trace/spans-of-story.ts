import type { ChargeTimeline, PlacedEntry } from '#charge-story';
import type { views } from '#contracts';

/** The story of a charge as spans: each entry lasts from its latest cause until it was recorded. */
export function spansOfStory({ chargeId, moments }: ChargeTimeline): views.SpanView[] {
  const byName = new Map<string, PlacedEntry>();
  for (const moment of moments)
    for (const name of [moment.id, ...(moment.says ?? []).map(({ id }) => id)]) byName.set(name, moment);
  return moments.flatMap((moment): views.SpanView[] => {
    const { shownAt } = moment;
    if (shownAt === null) return [];
    const cause = moment.because
      .flatMap((name) => byName.get(name) ?? [])
      .filter((each) => each !== moment && each.shownAt !== null)
      .toSorted((a, b) => b.shownAt! - a.shownAt!)[0];
    const startedAt = cause?.shownAt ?? shownAt;
    return [
      {
        traceId: chargeId,
        spanId: moment.id,
        parentSpanId: cause?.id ?? null,
        service: moment.who,
        instance: moment.who,
        name: moment.text,
        kind: 'internal',
        startedAt,
        durationMs: Math.max(0, shownAt - startedAt),
        error: moment.tone === 'trouble' ? '' : null,
        attributes: {},
      },
    ];
  });
}
