/** Counters of the services that the bench reads, summed over the instances. */
export interface ServiceCounters {
  /** Requests to the broker, by their name in Kafka's protocol. */
  readonly kafkaRequests: Readonly<Record<string, number>>;
  /** Round trips to Postgres, by service. */
  readonly postgresRoundTrips: Readonly<Record<string, number>>;
}

/** @param adminUrls by the instance's name */
export async function serviceCounters(adminUrls: Readonly<Record<string, string>>): Promise<ServiceCounters> {
  const kafkaRequests: Record<string, number> = {};
  const postgresRoundTrips: Record<string, number> = {};
  for (const [name, url] of Object.entries(adminUrls)) {
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const [, request, count] of text.matchAll(/^kafka_requests_total\{request="(\w+)"\} (\S+)$/gm))
      kafkaRequests[request!] = (kafkaRequests[request!] ?? 0) + Number(count);
    for (const [, count] of text.matchAll(/^postgres_round_trips_total (\S+)$/gm))
      postgresRoundTrips[name] = Number(count);
  }
  return { kafkaRequests, postgresRoundTrips };
}
