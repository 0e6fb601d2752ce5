/** Phase of a charge. `authorized` at rest: it was never captured. */
export type ChargePhase = 'requested' | 'authorized' | 'captured' | 'failed' | 'canceled';

const order: readonly ChargePhase[] = ['requested', 'authorized', 'captured', 'failed', 'canceled'];

/** A capture, cancellation or refund that left a row. */
export interface BegunEffect {
  readonly name: string;
  readonly kind: 'capture' | 'cancellation' | 'refund';
  readonly sentMs: number;
  readonly amountMinor: number;
  /** It has no amount: it is for the whole. */
  readonly isWhole: boolean;
  /** It failed. */
  readonly failed: boolean;
  readonly answeredMs: number;
  /** What its answer requires: that it had begun, or had ended. */
  readonly answered: 'begun' | 'ended';
}

/** The state of a charge at one moment. */
export interface ChargeSnapshot {
  readonly phase: ChargePhase;
  /** Whether an effect of this kind has begun. */
  readonly begun: (kind: BegunEffect['kind']) => boolean;
  /** Sum of the refunds that were requested and not refused. */
  readonly refundedMinor: number;
}

/** An answer, and the condition on the charge that must hold at some moment between request and answer. */
export interface Observation {
  /** Description for a violation. */
  readonly text: string;
  readonly sentMs: number;
  readonly endedMs: number;
  readonly holds: (glimpse: ChargeSnapshot) => boolean;
}

export interface ChargeHistory {
  readonly isManual: boolean;
  /** The final phase. */
  readonly phase: ChargePhase;
  readonly capturedMinor: number;
  /** Canceled by expiry, not by its merchant. */
  readonly expired: boolean;
  readonly effects: readonly BegunEffect[];
  readonly observations: readonly Observation[];
}

/** A possible state: the phase, the effects that have begun and ended, and the pending observations that are satisfied. */
interface State {
  readonly phase: ChargePhase;
  readonly begun: number;
  readonly ended: number;
  readonly seen: number;
}

/** Limit of the search. A charge with more possible states is not checked. */
const STATES_MAX = 4_000;
/** Number of concurrent observations: bits of an integer. */
const AT_ONCE_MAX = 30;

/**
 * Linearizability check of one charge: keeps the set of possible states and processes requests and answers by time. An
 * effect may begin at any time after its sending; an answer keeps only the states in which it is true.
 *
 * @returns the first answer after which no state is possible; undefined if the history is linearizable
 */
export function inexplicable(history: ChargeHistory): string | undefined {
  return new Search(history).run();
}

/** A request or an answer, as a filter on the possible states. */
interface Step {
  readonly atMs: number;
  /** Within one millisecond requests come before answers, since they may have overlapped. */
  readonly isAnswer: boolean;
  /** The violation, if no state is left. */
  readonly text: string;
  readonly leave: (states: State[]) => State[];
}

class Search {
  #sent = 0;
  #exhausted = false;
  /** Observations whose request is in progress, by bit. */
  readonly #looking: (Observation | undefined)[] = [];

  constructor(private readonly history: ChargeHistory) {}

  run(): string | undefined {
    const { effects, observations, phase } = this.history;
    if (effects.length > AT_ONCE_MAX) return undefined;
    const steps = [...effects.flatMap((effect, place) => this.#stepsOf(effect, place)), ...this.#looks(observations)];
    steps.sort((a, b) => a.atMs - b.atMs || Number(a.isAnswer) - Number(b.isAnswer));
    let states: State[] = [{ phase: 'requested', begun: 0, ended: 0, seen: 0 }];
    let isClosed = false;
    for (const { isAnswer, leave, text } of steps) {
      // After an answer the set is still closed, because the closure only adds states.
      if (isAnswer && !isClosed) states = this.#closure(states);
      isClosed = isAnswer;
      states = leave(states);
      if (this.#exhausted) return undefined;
      if (states.length === 0) return text;
    }
    const ends = this.#closure(states).some((state) => state.phase === phase && this.#isOver(state));
    return ends || this.#exhausted ? undefined : `that it is ${phase} at rest follows from no request`;
  }

  #stepsOf({ name, sentMs, answeredMs, answered }: BegunEffect, place: number): Step[] {
    const bit = 1 << place;
    const send = (states: State[]): State[] => {
      this.#sent |= bit;
      return states;
    };
    const answer = (states: State[]): State[] =>
      states.filter(({ begun, ended }) => ((answered === 'ended' ? ended : begun) & bit) !== 0);
    return [
      { atMs: sentMs, isAnswer: false, text: '', leave: send },
      ...(answeredMs < Infinity
        ? [
            {
              atMs: answeredMs,
              isAnswer: true,
              text: `${name}: no order of the requests explains its answer`,
              leave: answer,
            },
          ]
        : []),
    ];
  }

  #looks(observations: readonly Observation[]): Step[] {
    return observations.flatMap((observation): Step[] => {
      let bit = 0;
      const begin = (states: State[]): State[] => {
        const gap = this.#looking.indexOf(undefined);
        const place = gap < 0 ? this.#looking.length : gap;
        if (place >= AT_ONCE_MAX) this.#exhausted = true;
        this.#looking[place] = observation;
        bit = 1 << place;
        return states;
      };
      const end = (states: State[]): State[] => {
        this.#looking[this.#looking.indexOf(observation)] = undefined;
        return states.filter(({ seen }) => seen & bit).map((state) => ({ ...state, seen: state.seen & ~bit }));
      };
      const { sentMs, endedMs, text } = observation;
      return [
        { atMs: sentMs, isAnswer: false, text: '', leave: begin },
        { atMs: endedMs, isAnswer: true, text, leave: end },
      ];
    });
  }

  /** All states that are reachable without another request. */
  #closure(states: readonly State[]): State[] {
    const found = new Map<number | string, State>();
    const open = [...states];
    for (let state = open.pop(); state; state = open.pop()) {
      const looked = this.#look(state);
      const name = this.#nameOf(looked);
      if (found.has(name)) continue;
      if (found.size >= STATES_MAX) {
        this.#exhausted = true;
        break;
      }
      found.set(name, looked);
      open.push(...this.#after(looked));
    }
    return [...found.values()];
  }

  /** Key of a state: an exact number if possible, since most of the search's time is spent here. */
  #nameOf({ phase, begun, ended, seen }: State): number | string {
    const effects = this.history.effects.length;
    const looks = this.#looking.length;
    if (2 * effects + looks > 50) return `${phase} ${begun} ${ended} ${seen}`;
    return ((order.indexOf(phase) * 2 ** effects + begun) * 2 ** effects + ended) * 2 ** looks + seen;
  }

  /** Satisfies observations as early as possible, which is safe because they do not change the state. */
  #look(state: State): State {
    let { seen } = state;
    let glimpse: ChargeSnapshot | undefined;
    this.#looking.forEach((observation, place) => {
      if (!observation || seen & (1 << place)) return;
      glimpse ??= this.#glimpse(state);
      if (observation.holds(glimpse)) seen |= 1 << place;
    });
    return seen === state.seen ? state : { ...state, seen };
  }

  #glimpse(state: State): ChargeSnapshot {
    const { effects } = this.history;
    return {
      phase: state.phase,
      begun: (kind) => effects.some((effect, place) => effect.kind === kind && state.begun & (1 << place)),
      refundedMinor: this.#refundedMinor(state),
    };
  }

  #refundedMinor({ begun, ended }: State): number {
    return this.history.effects.reduce((sum, { kind, amountMinor, failed }, place) => {
      const bit = 1 << place;
      const counts = kind === 'refund' && begun & bit && !(failed && ended & bit);
      return counts ? sum + amountMinor : sum;
    }, 0);
  }

  #after(state: State): State[] {
    const next = this.#phasesAfter(state).map((phase): State => ({ ...state, phase }));
    this.history.effects.forEach((effect, place) => {
      const bit = 1 << place;
      if (!(state.begun & bit)) {
        if (this.#sent & bit && this.#mayBegin(effect, state)) next.push({ ...state, begun: state.begun | bit });
      } else if (!(state.ended & bit) && this.#mayEnd(effect, state)) {
        next.push({ ...state, ended: state.ended | bit });
      }
    });
    return next;
  }

  #has(kind: BegunEffect['kind'], { begun }: State): boolean {
    return this.history.effects.some((effect, place) => effect.kind === kind && begun & (1 << place));
  }

  /** Only phases from which the known final phase is reachable. */
  #phasesAfter(state: State): ChargePhase[] {
    const { phase: end, isManual, expired } = this.history;
    const captures = this.#has('capture', state);
    const given = this.#has('cancellation', state) || expired;
    if (state.phase === 'requested') {
      if (end === 'requested') return [];
      if (!isManual) return [end];
      const early = end === 'failed' || (end === 'canceled' && given);
      return early ? ['authorized', end] : ['authorized'];
    }
    if (state.phase !== 'authorized' || state.phase === end) return [];
    if (end === 'canceled') return given ? [end] : [];
    return captures ? [end] : [];
  }

  #mayBegin({ kind, amountMinor, isWhole }: BegunEffect, state: State): boolean {
    const { phase } = state;
    switch (kind) {
      case 'capture':
        return phase === 'authorized' && !this.#has('cancellation', state);
      case 'cancellation':
        return (phase === 'requested' || phase === 'authorized') && !this.#has('cancellation', state);
      case 'refund': {
        const leftMinor = this.history.capturedMinor - this.#refundedMinor(state);
        return phase === 'captured' && (isWhole ? amountMinor === leftMinor : amountMinor <= leftMinor);
      }
    }
  }

  #mayEnd({ kind, failed }: BegunEffect, state: State): boolean {
    const { phase } = state;
    switch (kind) {
      case 'capture':
        return phase !== 'authorized';
      case 'cancellation':
        // The gateway may refuse it in favor of a capture before the capture is answered.
        return failed
          ? phase === 'captured' || phase === 'failed' || this.#has('capture', state)
          : phase === 'canceled';
      case 'refund':
        return true;
    }
  }

  #isOver({ begun, ended }: State): boolean {
    const all = 2 ** this.history.effects.length - 1;
    return begun === all && ended === all;
  }
}
