/** In logs and traces, as the source of events, and as the consumer group. */
export const serviceName = 'payments-api';
