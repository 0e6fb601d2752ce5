import { once } from 'node:events';
import { connect } from 'node:net';
import { CannotStart } from './cannot-start.js';

const ANSWERS_WITHIN_MS = 3_000;

/**
 * Whether something listens where the operator said: services would wait for it for a minute each.
 *
 * @param places `host:port`; one that answers will do
 * @throws CannotStart naming the variable and the reason
 */
export async function assertAnswers(variable: string, places: readonly string[]): Promise<void> {
  const reasons = await Promise.all(places.map(refusalOf));
  if (reasons.includes(undefined)) return;
  const each = places.map((place, index) => `${place} (${reasons[index]})`);
  throw new CannotStart(`${variable} names what does not answer: ${each.join(', ')}.`);
}

async function refusalOf(place: string): Promise<string | undefined> {
  const { hostname, port } = new URL(`tcp://${place}`);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return undefined;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return name === 'AbortError' ? `nothing within ${ANSWERS_WITHIN_MS / 1000} s` : code;
  } finally {
    socket.destroy();
  }
}
