import type { Clock } from '#clock';
import type { CloudEvent } from '#contracts';
import type { PgTransaction, UnitOfWork } from '#postgres';
import { workOff, type Outbox } from '#saga';
import { compare, resolutionOf } from './comparison.js';
import type { ComparisonRepository, ComparisonResult, ComparisonCandidate, Which } from './comparison.repository.js';
import { differenceFound, reportAgainAt, type Difference } from './difference.js';

/** Rows per statement and reads per run, so that no statement takes long after an outage. */
const READ_MAX = 5_000;
const READS_MAX = 50;
/** Suspects per transaction. */
const SUSPECTS_MAX = 200;
/** New differences per run: a ledger that lags far behind must not flood the gateway. */
const SAID_MAX = 100;
/** When a suspect is compared again, growing with its age. */
const LOOK_AGAIN = { afterMs: 3_000, atMostMs: 30_000 };

export interface ReconciliationObserver {
  entriesCompared(bank: string, count: number): void;
  transfersCompared(count: number): void;
  found(difference: Difference, timesReported: number): void;
  resolved(id: string, resolution: string): void;
}

export interface ReconciliationParts {
  readonly repository: ComparisonRepository;
  readonly store: Pick<UnitOfWork<PgTransaction>, 'transaction' | 'isTransient'>;
  readonly outbox: Outbox<PgTransaction>;
  readonly clock: Pick<Clock, 'now'>;
  readonly observer: ReconciliationObserver;
  readonly graceMs: number;
}

/**
 * Compares statements with transfers, both ways. Each entry and each transfer is checked once, after the grace period; if
 * that does not clear it, its charge is a suspect until both sides agree.
 */
export class Reconciliation {
  constructor(private readonly parts: ReconciliationParts) {}

  /** A run is bounded: after an outage the next runs read the rest. */
  async run(stopped?: AbortSignal): Promise<void> {
    await this.compareNext(stopped);
    const { repository, store } = this.parts;
    let emitted = 0;
    await workOff({
      due: (limit, except) => (emitted < SAID_MAX ? repository.due(limit, except) : Promise.resolve([])),
      idOf: ({ bank, chargeId }) => `${bank} ${chargeId}`,
      work: async (which) => void (emitted += await this.compareSuspects(which)),
      limit: SUSPECTS_MAX,
      isTransient: (error) => store.isTransient(error),
      stopped,
    });
  }

  private async compareNext(stopped?: AbortSignal): Promise<void> {
    const { repository, observer, graceMs } = this.parts;
    // Twice the grace period: by then the statement has normally been read, so few transfers become suspects.
    const transfersAfterMs = 2 * graceMs;
    for (let reads = 0; reads < READS_MAX; reads++) {
      if (stopped?.aborted) return;
      const read = await this.byTurns(async (tx) => {
        if (reads === 0) await repository.drawHorizon(tx);
        const entries = await repository.compareEntries(tx, graceMs, READ_MAX);
        const transfers = await repository.compareTransfers(tx, transfersAfterMs, READ_MAX);
        return { entries, transfers };
      });
      for (const { bank, compared } of read.entries) observer.entriesCompared(bank, compared);
      observer.transfersCompared(read.transfers.compared);
      const more = read.transfers.read >= READ_MAX || read.entries.some(({ compared }) => compared >= READ_MAX);
      if (!more) return;
    }
  }

  private byTurns<T>(work: (tx: PgTransaction) => Promise<T>): Promise<T> {
    const { store, repository } = this.parts;
    return store.transaction(async (tx) => {
      await repository.takeTurn(tx);
      return work(tx);
    });
  }

  /** @returns the number of emitted differences */
  private async compareSuspects(which: readonly Which[]): Promise<number> {
    const { repository, outbox, clock, observer, graceMs } = this.parts;
    const findings = await this.byTurns(async (tx) => {
      const suspects = await repository.suspects(tx, which);
      if (suspects.length === 0) return undefined;
      const findings = judge(suspects, graceMs, await repository.timesReported(tx, idsIn(suspects, graceMs)));
      await repository.save(tx, findings);
      const events = findings.reported.flatMap((difference): CloudEvent[] => {
        const event = differenceFound(difference, difference.timesReported - 1);
        return event ? [{ ...event, source: 'ledger', time: clock.now() }] : [];
      });
      if (events.length > 0) outbox.append(tx, events);
      return findings;
    });
    if (!findings) return 0;
    for (const difference of findings.reported) observer.found(difference, difference.timesReported);
    for (const { id, resolution } of findings.resolved) observer.resolved(id, resolution);
    return findings.reported.length;
  }
}

const findingsAbout = (suspect: ComparisonCandidate, graceMs: number) => compare({ ...suspect, graceMs });

const idsIn = (suspects: readonly ComparisonCandidate[], graceMs: number): string[] =>
  suspects.flatMap((suspect) => findingsAbout(suspect, graceMs).map(({ difference }) => difference.id));

/**
 * Decides about suspects. Pure.
 *
 * @param timesReported how often each difference was emitted, including resolved ones
 */
export function judge(
  suspects: readonly ComparisonCandidate[],
  graceMs: number,
  timesReported: ReadonlyMap<string, number> = new Map(),
): ComparisonResult {
  const cleared: ComparisonResult['cleared'][number][] = [];
  const kept: ComparisonResult['kept'][number][] = [];
  const resolved: ComparisonResult['resolved'][number][] = [];
  const reported: ComparisonResult['reported'][number][] = [];
  for (const suspect of suspects) {
    const { bank, chargeId, now, since, open } = suspect;
    const findings = findingsAbout(suspect, graceMs);
    const stillThere = new Set(findings.map(({ difference }) => difference.id));
    for (const { id, kind, bankId } of open) {
      if (!stillThere.has(id)) resolved.push({ id, resolution: resolutionOf(kind, bankId, { ...suspect, graceMs }) });
    }
    for (const { difference, due } of findings) {
      const known = open.find(({ id }) => id === difference.id);
      if (known ? known.reportAgainFrom > now : !due) continue;
      const times = timesReported.get(difference.id) ?? 0;
      reported.push({ ...difference, timesReported: times + 1, reportAgainFrom: reportAgainAt(now, times) });
    }
    if (findings.length === 0) cleared.push({ bank, chargeId });
    else {
      const afterMs = Math.max(LOOK_AGAIN.afterMs, Math.min(LOOK_AGAIN.atMostMs, (now - since) / 4));
      kept.push({ bank, chargeId, afterMs: Math.floor(afterMs) });
    }
  }
  return { cleared, kept, resolved, reported };
}
