/** A command of a page, and what it must print under docker compose. */
export interface ExpectedCommand {
  readonly command: RegExp;
  /** Why docker compose does not run it. */
  readonly not?: 'starts' | 'on the host';
  readonly prints?: readonly RegExp[];
  /** When what it prints may come later. */
  readonly withinMs?: number;
  readonly code?: number;
}

/** The commands of both pages in their order, and what each must print. */
export const expectedCommands: readonly ExpectedCommand[] = [
  { command: /^npm start/, not: 'starts' },
  { command: /^npm test/, not: 'on the host' },
  { command: /order-1/, prints: [/"status": "succeeded"/] },
  { command: /^npm start/, not: 'starts' },
  { command: /^npm test/, not: 'on the host' },
  { command: /^curl -i .*order-1/, prints: [/^HTTP\/1.1 200/, /idempotent-replayed: true/, /"status": "succeeded"/] },
  { command: /^\/\/ charge\.mjs/, prints: [/^ch_\w+ succeeded$/m, /^StripeCardError insufficient_funds$/m] },
  { command: /^const held/, prints: [/^\[ \{ amount: \d+/m, /^charge_expired_for_capture$/m] },
  { command: /faults set outage --bank alder/, prints: [/outage +bank=alder/] },
  { command: /tok_visa/, prints: [/"status": "succeeded"/] },
  {
    command: /localhost:3002\/metrics/,
    prints: [
      /^bank_attempts_total\{bank="alder",operation="authorize",outcome="connection_refused"\} 3$/m,
      /^bank_breaker_state\{bank="alder",lane="movements"\} 2$/m,
    ],
  },
  { command: /faults set outage --bank cedar/, prints: [/outage +bank=cedar/] },
  { command: /tok_amex/, prints: [/^402 after/] },
  { command: /faults clear/, prints: [/^All faults are lifted\.$/m] },
  {
    command: /^grep breaker/,
    prints: [/alder \(movements\) went from closed to open/, /cedar .* from closed to open/],
  },
  { command: /order-3/, prints: [/"code": "card_declined"/] },
  { command: /holdfast why/, prints: [/^Failed: alder refused the capture, so the authorization was voided/m] },
  { command: /capture_drop_after_on_amex/, prints: [/"status": "succeeded"/] },
  { command: /^grep capture/, prints: [/capture at cedar is in doubt/, /capture at cedar ended: .* is captured/] },
  { command: /capture_duplicate_on_amex/, prints: [/"status": "succeeded"/] },
  { command: /holdfast books/, prints: [/^cedar +usd +[\d.]+/m] },
  { command: /ctl kill ledger/, prints: [/^ledger +exited/m] },
  { command: /order-2/, prints: [/"status": "pending"/] },
  { command: /ctl start ledger/, prints: [/^ledger +ready/m] },
  { command: /charges\/ch_/, prints: [/"status": "succeeded"/], withinMs: 60_000 },
  { command: /^npm run chaos/, not: 'on the host' },
  { command: /^npm run chaos/, not: 'on the host' },
];
