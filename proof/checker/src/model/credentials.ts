import type { ApiExchange } from '../history.js';
import type { AttributedRows } from './attributed-rows.js';

/** An instance may remember for so long that a key opens an account, and not know that it was revoked. */
const REMEMBERED_MS = 5_000;

/** 401 is for API keys that open nothing, and they are told nothing else. */
export function judgeCredentials({ evidence: { exchanges } }: AttributedRows): string[] {
  return exchanges.flatMap((exchange) => {
    const wrong = wrongWith(exchange);
    return wrong === undefined ? [] : [`${exchange.account} ${exchange.method} ${exchange.path}: ${wrong}`];
  });
}

function wrongWith({ account, sentMs, endedMs, opensUntilMs = Infinity, answer }: ApiExchange): string | undefined {
  // A service that ends or has no database says so before it looks at a key.
  if (!answer || answer.status >= 500) return undefined;
  if (answer.status === 401) return endedMs < opensUntilMs ? `told 401, and its API key opens ${account}` : undefined;
  return sentMs >= opensUntilMs + REMEMBERED_MS
    ? `told ${answer.status}, and its API key opens nothing any more`
    : undefined;
}
