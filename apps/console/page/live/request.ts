import { tokenHeader } from './access.js';

/** A sentence for the person at the page. */
export class Refused extends Error {}

/** @throws Refused with the server's sentence */
export async function request<Answer>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(`/api${path}`, {
    method,
    headers: { ...tokenHeader(), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Refused('The console’s server does not answer.');
  });
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return answer as Answer;
  const { message, error } = (answer ?? {}) as { message?: string; error?: string };
  throw new Refused(message ?? error ?? `The console answered ${response.status}.`);
}
