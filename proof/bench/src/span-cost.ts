// CPU of the spans of one charge, recorded and not: node dist/proof/bench/src/span-cost.js
import { SystemClock } from '#clock';
import { CHARGE_ID, SpanKind, Tracing } from '#telemetry';

/** A charge that succeeds at once: a request, five sends, five steps, two calls with an attempt each. */
const SPANS = 15;
const CHARGES = 20_000;

/** @returns microseconds of CPU for each charge */
function cost(tracing: Tracing): number {
  const before = process.cpuUsage();
  for (let charge = 0; charge < CHARGES; charge++) {
    const request = tracing.startSpan('POST /v1/charges', { kind: SpanKind.SERVER });
    for (let n = 1; n < SPANS; n++) {
      if (!tracing.isRecorded(request.traceparent)) continue;
      const attributes = {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'process',
        'messaging.operation.type': 'process',
        'messaging.destination.name': 'payments.events.bank-gateway',
        'messaging.message.id': `ch_${charge}.charge_requested`,
        'messaging.kafka.message.key': `ch_${charge}`,
        'cloudevents.event_type': 'payments.charge_requested.v1',
        [CHARGE_ID]: `ch_${charge}`,
      };
      tracing.startSpan('process', { parent: request.traceparent, kind: SpanKind.CONSUMER, attributes }).end();
    }
    request.end();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / CHARGES;
}

const options = { service: 'bench', instance: 'bench', clock: new SystemClock() };
const kinds = {
  'recorded in memory': () => new Tracing({ ...options, export: 'memory', tracesPerSecond: Number.MAX_SAFE_INTEGER }),
  'beyond the limit': () => new Tracing({ ...options, export: 'memory', tracesPerSecond: 0 }),
  off: () => new Tracing({ ...options, export: 'none' }),
};
for (const make of Object.values(kinds)) cost(make());
for (let round = 1; round <= 5; round++) {
  const measured = Object.entries(kinds).map(([name, make]) => `${name} ${cost(make()).toFixed(1)} µs`);
  console.log(`round ${round}, CPU for a charge: ${measured.join(', ')}`);
}
