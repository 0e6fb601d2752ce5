import type { ApiExchange } from '../history.js';
import type { AttributedRows } from './attributed-rows.js';

/** How long an instance may cache a key that was revoked. */
const REMEMBERED_MS = 5_000;

/** An invalid API key gets a 401, and a valid one never does. */
export function judgeCredentials({ evidence: { exchanges } }: AttributedRows): string[] {
  return exchanges.flatMap((exchange) => {
    const wrong = wrongWith(exchange);
    return wrong === undefined ? [] : [`${exchange.account} ${exchange.method} ${exchange.path}: ${wrong}`];
  });
}

function wrongWith({ account, sentMs, endedMs, opensUntilMs = Infinity, answer }: ApiExchange): string | undefined {
  // A service that shuts down or has no database answers before it checks the key.
  if (!answer || answer.status >= 500) return undefined;
  if (answer.status === 401)
    return endedMs < opensUntilMs ? `answered 401, and its API key opens ${account}` : undefined;
  return sentMs >= opensUntilMs + REMEMBERED_MS
    ? `answered ${answer.status}, and its API key opens nothing`
    : undefined;
}
