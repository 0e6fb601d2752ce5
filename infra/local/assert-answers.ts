import { once } from 'node:events';
import { connect } from 'node:net';
import { CannotStart } from './cannot-start.js';

const ANSWERS_WITHIN_MS = 3_000;

/** To each of these the server has something to say, before any login: an open port alone may be anything. */
const GREETINGS = {
  /** SSLRequest. */
  DATABASE_URL: Buffer.from('0000000804d2162f', 'hex'),
  /** ApiVersions, version 0, without a client's name. A broker behind TLS hangs up, which is an answer too. */
  KAFKA_BROKERS: Buffer.from('0000000a0012000000000001ffff', 'hex'),
};

/**
 * Whether something listens where the operator said: services would wait for it for a minute each.
 *
 * @param places `host:port`; one that answers will do
 * @throws CannotStart naming the variable and the reason
 */
export async function assertAnswers(variable: keyof typeof GREETINGS, places: readonly string[]): Promise<void> {
  const reasons = await Promise.all(places.map((place) => refusalOf(place, GREETINGS[variable])));
  if (reasons.includes(undefined)) return;
  const each = places.map((place, index) => `${place} (${reasons[index]})`);
  throw new CannotStart(`${variable} names what does not answer: ${each.join(', ')}.`);
}

async function refusalOf(place: string, greeting: Buffer): Promise<string | undefined> {
  const { hostname, port } = new URL(`tcp://${place}`);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
  try {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    await once(socket, 'connect', { signal });
    socket.write(greeting);
    const answer = Promise.race([once(socket, 'data', { signal }), once(socket, 'close', { signal })]);
    await answer.catch((error: Error) => {
      if (signal.aborted) throw error; // a connection that is reset is an answer
    });
    return undefined;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return name === 'AbortError' ? `nothing within ${ANSWERS_WITHIN_MS / 1000} s` : code;
  } finally {
    socket.destroy();
  }
}
