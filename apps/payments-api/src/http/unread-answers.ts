/** An answer on its way to its client. */
export interface UnreadAnswer {
  readonly account: string;
  readonly bytes: number;
  readonly connection: { destroy(): unknown };
}

/** Of all accounts together. An answer lies in this process's memory until the kernel has taken all of it. */
export const UNREAD_BYTES_MAX = 32 * 1024 * 1024;

/** Bounds the memory of answers that clients do not read: the account that holds the most loses its oldest connection. */
export class UnreadAnswers {
  private readonly byAccount = new Map<string, { bytes: number; answers: Set<UnreadAnswer> }>();
  private total = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly onDropped: () => void,
  ) {}

  get bytes(): number {
    return this.total;
  }

  add(answer: UnreadAnswer): void {
    const held = this.byAccount.get(answer.account) ?? { bytes: 0, answers: new Set() };
    this.byAccount.set(answer.account, held);
    held.answers.add(answer);
    held.bytes += answer.bytes;
    this.total += answer.bytes;
    while (this.total > this.maxBytes) this.dropOldest();
  }

  /** It has been taken, or its connection is gone. Idempotent. */
  remove(answer: UnreadAnswer): void {
    const held = this.byAccount.get(answer.account);
    if (!held?.answers.delete(answer)) return;
    held.bytes -= answer.bytes;
    this.total -= answer.bytes;
    if (held.answers.size === 0) this.byAccount.delete(answer.account);
  }

  private dropOldest(): void {
    const { answers } = [...this.byAccount.values()].reduce((a, b) => (b.bytes > a.bytes ? b : a));
    const [{ connection }] = [...answers] as [UnreadAnswer];
    for (const answer of answers) if (answer.connection === connection) this.remove(answer);
    this.onDropped();
    connection.destroy();
  }
}
