import { bankProtocol } from '#contracts';
import { attemptsOf, callsOf, type BankCall, type BankRequestEvidence, type JournalLine } from './bank-request.js';
import { chanceOfAtLeast } from './binomial.js';

/** A time range in Unix ms. */
export interface TimeRange {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A transition of a breaker, from its instance's log. */
export interface BreakerEvidence {
  readonly atMs: number;
  readonly instance: string;
  readonly bank: string;
  readonly lane: string;
  /** The account, for an isolated breaker; absent for the bank's shared one. */
  readonly isolatedTo?: string | undefined;
  readonly to: 'closed' | 'open' | 'half_open';
}

/**
 * Evidence of how banks were called: their journals, and the breaker transitions that instances logged. The log says
 * when a breaker was open; only the journals say whether calls arrived. Attempts of one call share a traceparent.
 */
export interface BankCalls {
  readonly journal: readonly JournalLine[];
  readonly moves: readonly BreakerEvidence[];
  /** Times in which an instance was down or frozen. A restart resets its breakers and budgets. */
  readonly interruptions: readonly (TimeRange & { readonly instance: string })[];
  /** Times in which requests may arrive long after they were sent. Without a bank: at every bank. */
  readonly heldBack: readonly (TimeRange & { readonly bank?: string })[];
}

export interface BankCallsJudged {
  /** One line per violation. */
  readonly lines: readonly string[];
  /** Number of cases that were checked. */
  readonly looked: {
    readonly calls: number;
    /** Retries within a call. */
    readonly retries: number;
    /** Waits between two calls of the same operation, inquiry or reversal. */
    readonly waits: number;
    readonly openStretches: number;
    readonly failingStretches: number;
  };
}

/** Longest allowed number of attempts of a call. */
const ATTEMPTS_MAX = 2;
const BUDGET = { windowMs: 10_000, ratio: 0.1, perWindowMin: 10 };
const RESET_MS = 5_000;
const FAILURES_IN_A_ROW = 3;
/** An isolated breaker may be evicted after this time without use. Its successor starts closed. */
const EVICTED_AFTER_MS = 60_000;
const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** An attempt ends within this time after its arrival: its time-out, plus the delay of a busy machine. */
const ENDED_WITHIN_MS = 2_600;
/** The same if the bank answers at once. */
const ANSWERED_WITHIN_MS = 1_500;
/** Two requests this far apart, both answered at once, are answered in order. */
const IN_ORDER_MS = 250;
/** Largest difference between two clock readings of one moment on one machine. */
const READING_MS = 50;
/** Largest error between the estimated beginnings of two attempts of one process. */
const ESTIMATE_MS = 2_000;
/** Probability that a correct system is reported. */
const BLAMED_BY_CHANCE = 1e-9;

/** A11: checks retry budget, backoff and breakers on the banks' journals. */
export function judgeBankCalls(evidence: BankCalls): BankCallsJudged {
  const requests = attemptsOf(evidence.journal);
  const calls = callsOf(requests);
  const waits = waitsBetween(requests, evidence.heldBack);
  const open = openStretches(evidence);
  const failing = failingStretches(requests, evidence);
  return {
    lines: [
      ...callsRepeatedAmiss(calls, evidence.journal),
      ...budgetsExceeded(calls, evidence.interruptions),
      ...callsThroughOpenBreakers(
        requests.filter((each) => each.lane === 'movements' || !isHeldBack(each, evidence.heldBack)),
        open,
      ),
      ...failing.flatMap(({ lines }) => lines),
      ...backoffNotKept(waits),
    ],
    looked: {
      calls: calls.length,
      retries: calls.reduce((sum, { attempts }) => sum + attempts.length - 1, 0),
      waits: waits.length,
      openStretches: open.filter(({ to }) => to === 'open').length,
      failingStretches: failing.length,
    },
  };
}

/** Calls with more than two attempts, or with a retry that might move money twice. */
function callsRepeatedAmiss(calls: readonly BankCall[], journal: readonly JournalLine[]): string[] {
  const expired = new Set(
    journal.flatMap((line) =>
      line.type === 'refusal' && line.code === 'validity_expired' && line.attemptId ? [line.attemptId] : [],
    ),
  );
  const wasNotProcessed = ({ fault, attemptId }: BankRequestEvidence): boolean =>
    fault === 'not_processed' || expired.has(attemptId);
  return calls.flatMap(({ attempts, bank }) => {
    const [first] = attempts;
    if (!first || attempts.length === 1) return [];
    const words = `${first.operation} at ${bank}: ${attempts.map(({ attemptId }) => attemptId).join(', ')}`;
    if (attempts.length > ATTEMPTS_MAX) return [`${words}: ${attempts.length} attempts in one call`];
    const safe = bankProtocol.bankProfiles[bank].idempotent || first.isReversal || wasNotProcessed(first);
    return safe ? [] : [`${words}: retried in one call, at a bank that is not idempotent and may have performed it`];
  });
}

function budgetsExceeded(calls: readonly BankCall[], interruptions: BankCalls['interruptions']): string[] {
  return [...Map.groupBy(calls, callerOf)].flatMap(([who, of]) => {
    const ends = interruptions.filter(({ instance }) => instance === of[0]!.instance).map(({ fromMs }) => fromMs);
    const begins = of.map(({ attempts }) => attempts[0]!.notBeforeMs).sort((a, b) => a - b);
    const retries = of
      .flatMap(({ attempts }) => attempts.slice(1).map(({ notBeforeMs }) => notBeforeMs))
      .sort((a, b) => a - b);
    // A shorter window, so that errors of the estimates cannot put a retry into it that belongs to another.
    const windowMs = BUDGET.windowMs - ESTIMATE_MS;
    for (const fromMs of retries) {
      const untilMs = fromMs + windowMs;
      if (ends.some((endMs) => endMs > fromMs - ESTIMATE_MS && endMs < untilMs + ESTIMATE_MS)) continue;
      const taken = retries.filter((ms) => ms >= fromMs && ms < untilMs).length;
      const around = begins.filter((ms) => ms > fromMs - BUDGET.windowMs - ESTIMATE_MS && ms < untilMs + ESTIMATE_MS);
      const allowed = Math.max(BUDGET.perWindowMin, Math.ceil(around.length * BUDGET.ratio));
      if (taken > allowed)
        return [`${who}: ${taken} calls repeated in place within ${windowMs / 1_000} s, of ${allowed} at the most`];
    }
    return [];
  });
}

/** The caller with its own retry budget and breakers: an instance and bank, and for fault tokens the account. */
function callerOf({
  instance,
  bank,
  isolatedTo,
}: Pick<BankRequestEvidence, 'instance' | 'bank' | 'isolatedTo'>): string {
  return `${instance} at ${bank}${isolatedTo === undefined ? '' : ` for ${isolatedTo}`}`;
}

interface BreakerStretch extends TimeRange {
  readonly instance: string;
  readonly bank: string;
  readonly lane: string;
  readonly isolatedTo: string | undefined;
  readonly to: 'open' | 'half_open';
}

/** Time ranges in which a breaker was open or half-open: up to the next transition or the process's end. */
function openStretches({ moves, interruptions }: BankCalls): BreakerStretch[] {
  const breakerOf = ({ instance, bank, lane, isolatedTo = '' }: BreakerEvidence) =>
    [instance, bank, lane, isolatedTo].join(' ');
  return [...Map.groupBy(moves, breakerOf).values()].flatMap((of) => {
    const inOrder = of.toSorted((a, b) => a.atMs - b.atMs);
    return inOrder.flatMap(({ atMs, instance, bank, lane, isolatedTo, to }, index): BreakerStretch[] => {
      if (to === 'closed') return [];
      const ends = interruptions.flatMap((each) =>
        each.instance === instance && each.untilMs > atMs ? [Math.max(atMs, each.fromMs)] : [],
      );
      const untilMs = Math.min(inOrder[index + 1]?.atMs ?? Infinity, ...ends);
      return Number.isFinite(untilMs) ? [{ instance, bank, lane, isolatedTo, to, fromMs: atMs, untilMs }] : [];
    });
  });
}

/**
 * Calls through an open breaker (none is allowed; the shared one also stops isolated calls) or a half-open one (one
 * probe is allowed). Only calls that certainly began and arrived within the range count.
 */
function callsThroughOpenBreakers(
  requests: readonly BankRequestEvidence[],
  stretches: readonly BreakerStretch[],
): string[] {
  return stretches.flatMap(({ instance, bank, lane, isolatedTo, to, fromMs, untilMs }) => {
    const isOutage = isolatedTo === undefined && to === 'open';
    const within = requests.filter(
      (each) =>
        each.instance === instance &&
        each.bank === bank &&
        each.lane === lane &&
        (isOutage || each.isolatedTo === isolatedTo) &&
        each.notBeforeMs > fromMs &&
        each.atMs < untilMs - READING_MS,
    );
    const allowed = to === 'open' ? 0 : 1;
    if (within.length <= allowed) return [];
    const state = to === 'open' ? 'open' : 'half-open';
    return [
      `${callerOf({ instance, bank: bank as BankRequestEvidence['bank'], isolatedTo })} (${lane}): ${within.length} calls while its breaker was ${state}: ${within
        .slice(0, 5)
        .map(({ attemptId }) => attemptId)
        .join(', ')}`,
    ];
  });
}

/**
 * Checks from the journals alone that breakers open: after three consecutive failures at a bank that never succeeds,
 * only one probe per reset time may arrive.
 */
function failingStretches(
  requests: readonly BankRequestEvidence[],
  { interruptions, heldBack }: BankCalls,
): { readonly lines: readonly string[] }[] {
  const movements = requests.filter(({ lane }) => lane === 'movements');
  return [...Map.groupBy(movements, callerOf)].flatMap(([who, of]) => {
    const pauses = interruptions.filter(({ instance }) => instance === of[0]!.instance);
    const stretches: { lines: string[] }[] = [];
    let failed: BankRequestEvidence[] = [];
    let afterMs = -Infinity;
    const close = (): void => {
      const row = failed.slice(0, FAILURES_IN_A_ROW);
      if (row.length < FAILURES_IN_A_ROW) return;
      const openedMs = Math.max(
        ...row.map(({ atMs, isKeptWaiting }) => atMs + (isKeptWaiting ? ENDED_WITHIN_MS : ANSWERED_WITHIN_MS)),
      );
      const probes = failed.filter(({ notBeforeMs }) => notBeforeMs > openedMs);
      const tooSoon = probes.filter((probe, index) => {
        const before = probes[index - 1];
        return before !== undefined && probe.atMs < before.notBeforeMs + RESET_MS - READING_MS;
      });
      const lines =
        tooSoon.length > 0 ? [`${who}: ${tooSoon.length} calls too soon after it had failed all before them`] : [];
      stretches.push({ lines });
    };
    for (const request of of.toSorted((a, b) => a.atMs - b.atMs)) {
      const last = failed.at(-1);
      const interrupted = pauses.find(
        ({ fromMs, untilMs }) => (last?.notBeforeMs ?? request.notBeforeMs) < untilMs && request.atMs > fromMs,
      );
      if (request.isolatedTo !== undefined && last && request.notBeforeMs > last.atMs + EVICTED_AFTER_MS) {
        close();
        failed = [];
      }
      if (interrupted !== undefined || !request.fails || isHeldBack(request, heldBack)) {
        close();
        failed = [];
        // Until it ends, the caller may still count it as a success and restart its count of failures.
        const endedMs = request.atMs + (request.isKeptWaiting ? ENDED_WITHIN_MS : IN_ORDER_MS);
        afterMs = Math.max(afterMs, endedMs, (interrupted?.untilMs ?? -Infinity) + ENDED_WITHIN_MS);
      } else if (request.atMs > afterMs) failed.push(request);
    }
    close();
    return stretches;
  });
}

/** Whether the network or a frozen bank may have delayed the request, so that its arrival does not tell its sending. */
function isHeldBack({ bank, atMs }: BankRequestEvidence, heldBack: BankCalls['heldBack']): boolean {
  return heldBack.some(
    (stretch) => (stretch.bank ?? bank) === bank && atMs > stretch.fromMs && atMs < stretch.untilMs + ENDED_WITHIN_MS,
  );
}

/** The wait between two consecutive calls of one series. */
interface Wait {
  readonly what: string;
  readonly tookMs: number;
  /** Upper bound of the full jitter, in milliseconds. */
  readonly ceilingMs: number;
}

function waitsBetween(requests: readonly BankRequestEvidence[], heldBack: BankCalls['heldBack']): Wait[] {
  const finalAtMs = finalities(requests);
  return [...Map.groupBy(requests, ({ bank, series }) => `${bank} ${series}`).values()].flatMap((of) => {
    const inOrder = of.toSorted((a, b) => a.number - b.number);
    return inOrder.flatMap((later, index): Wait[] => {
      const before = inOrder[index - 1];
      if (!before || later.number !== before.number + 1 || later.call === before.call) return [];
      if (later.lane === 'movements') {
        const tookMs = later.notBeforeMs - before.notBeforeMs;
        return [{ what: later.attemptId, tookMs, ceilingMs: ceilingMs(before.number) }];
      }
      const isHeld = isHeldBack(before, heldBack) || isHeldBack(later, heldBack);
      const finalMs = finalAtMs.get(`${later.bank} ${later.reference}`);
      // An inquiry at the time when "not found" becomes final may come before the backoff ends.
      const isAtFinality = finalMs === undefined || (before.atMs <= finalMs && later.atMs >= finalMs);
      if (isHeld || isAtFinality) return [];
      return [{ what: later.attemptId, tookMs: later.atMs - before.atMs, ceilingMs: ceilingMs(before.number + 1) }];
    });
  });
}

const ceilingMs = (reattempt: number): number => Math.min(BACKOFF.capMs, BACKOFF.baseMs * 2 ** (reattempt - 1));

/** By reference: when the bank's "not found" becomes final, because no attempt can be valid any more. */
function finalities(requests: readonly BankRequestEvidence[]): Map<string, number> {
  const finalAtMs = new Map<string, number>();
  for (const { bank, reference, lane, validUntilMs, notBeforeMs } of requests) {
    if (lane !== 'movements' || validUntilMs === undefined) continue;
    const { enforcesValidUntil, maxTransitMs } = bankProtocol.bankProfiles[bank];
    const atMs = enforcesValidUntil ? validUntilMs : notBeforeMs + ESTIMATE_MS + maxTransitMs;
    const name = `${bank} ${reference}`;
    finalAtMs.set(name, Math.max(atMs, finalAtMs.get(name) ?? 0));
  }
  return finalAtMs;
}

/**
 * Full jitter has no minimum, so the check is on the distribution: at most a tenth of the waits are shorter than a tenth
 * of their ceiling, but for a probability of `BLAMED_BY_CHANCE`. Any other delay only makes waits longer.
 */
function backoffNotKept(waits: readonly Wait[]): string[] {
  const short = waits.filter(({ tookMs, ceilingMs }) => tookMs < ceilingMs / 10);
  if (chanceOfAtLeast(short.length, waits.length, 0.1) > BLAMED_BY_CHANCE) return [];
  const some = short.slice(0, 5).map(({ what, tookMs }) => `${what} after ${Math.round(tookMs)} ms`);
  return [
    `${short.length} of ${waits.length} retries came within a tenth of their backoff's ceiling: ${some.join(', ')}`,
  ];
}
