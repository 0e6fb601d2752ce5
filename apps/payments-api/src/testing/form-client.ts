import type { RunningApi } from './running-api.js';

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly json: { id: string; status: string; error?: { code?: string; message: string } };
  readonly headers: Headers;
}

/** Posts forms under keys of the test's own choice, and keeps what came back to the byte. */
export function formClient(api: RunningApi, apiKey: string, headers: Readonly<Record<string, string>> = {}) {
  return async (path: string, form: Record<string, string>, idempotencyKey?: string): Promise<Answered> => {
    const answer = await fetch(`${api.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...headers,
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      },
      body: new URLSearchParams(form),
    });
    const body = await answer.text();
    return { status: answer.status, body, json: JSON.parse(body) as Answered['json'], headers: answer.headers };
  };
}
