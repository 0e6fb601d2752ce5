/** Counters of the services that the bench reads, summed over the instances. */
export interface ServiceCounters {
  /** Requests to the broker, by their name in Kafka's protocol. */
  readonly kafkaRequests: Readonly<Record<string, number>>;
  /** Round trips to Postgres: of transactions, of statements outside one, and of outbox relays. */
  readonly postgresRoundTrips: Readonly<Record<string, number>>;
}

/** @param adminUrls by the instance's name */
export async function serviceCounters(adminUrls: Readonly<Record<string, string>>): Promise<ServiceCounters> {
  const kafkaRequests: Record<string, number> = {};
  const postgresRoundTrips: Record<string, number> = {};
  for (const url of Object.values(adminUrls)) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const [, request, count] of text.matchAll(/^kafka_requests_total\{request="(\w+)"\} (\S+)$/gm))
      kafkaRequests[request!] = (kafkaRequests[request!] ?? 0) + Number(count);
    for (const [, pool, of, count] of text.matchAll(
      /^postgres_round_trips_total\{pool="(\w+)",of="(\w+)"\} (\S+)$/gm,
    )) {
      const origin = pool === 'relay' ? 'relays' : `${of}s`;
      postgresRoundTrips[origin] = (postgresRoundTrips[origin] ?? 0) + Number(count);
    }
  }
  return { kafkaRequests, postgresRoundTrips };
}
