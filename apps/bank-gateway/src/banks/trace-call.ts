import { stamped, type BankCallResult, type BankConfig, type BankOrder, type CallReport } from '#bank-call';
import { bankProtocol } from '#contracts';
import { CHARGE_ID, SpanKind, type Span, type Tracing } from '#telemetry';

/** Describes a call to a bank, and records a span below it for each attempt, by OpenTelemetry's conventions for HTTP. */
export function traceCall(
  tracing: Pick<Tracing, 'recordSpan'>,
  call: Span,
  { name: bank, url }: Pick<BankConfig, 'name' | 'url'>,
  order: BankOrder,
  report: CallReport<BankOrder>,
): void {
  const subject = {
    'holdfast.bank.name': bank,
    'holdfast.bank.operation': order.kind,
    ...('chargeId' in order && { [CHARGE_ID]: order.chargeId }),
  };
  call.set({ ...subject, 'holdfast.bank.outcome': outcomeOf(report.outcome) });
  if (report.outcome.kind === 'doubt') call.fail(new Error(report.outcome.reason));
  for (const [index, { attempt, outcome, startedAtMs, tookMs }] of report.attempts.entries()) {
    const { method } = bankProtocol.wireOf(stamped(order, attempt));
    tracing.recordSpan(
      method,
      {
        parent: call.traceparent,
        kind: SpanKind.CLIENT,
        attributes: {
          ...subject,
          'http.request.method': method,
          ...addressOf(url),
          ...(index > 0 && { 'http.request.resend_count': index }),
          ...(outcome.kind !== 'answered' && { 'error.type': outcome.reason }),
          'holdfast.bank.attempt.id': attempt.id,
          'holdfast.bank.outcome': outcomeOf(outcome),
        },
      },
      { startedAtMs, durationMs: tookMs, ...(outcome.kind !== 'answered' && { error: outcome.reason }) },
    );
  }
}

function addressOf(url: string): Record<string, string | number> {
  const { hostname, port } = new URL(url);
  return { 'server.address': hostname, ...(port !== '' && { 'server.port': Number(port) }) };
}

/** The state of an answer (`approved`, `declined`), or why there is none. */
function outcomeOf(outcome: BankCallResult): string {
  return outcome.kind === 'answered' ? outcome.answer.state : outcome.reason;
}
