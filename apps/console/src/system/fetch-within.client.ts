import type { Clock } from '#clock';

/**
 * Fetches a URL with its whole body.
 *
 * @throws an error named TimeoutError when that takes longer than `withinMs`
 */
export async function fetchWithin(
  clock: Clock,
  withinMs: number,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const abort = new AbortController();
  const timer = clock.after(withinMs, () => abort.abort(new DOMException('no answer in time', 'TimeoutError')));
  try {
    const response = await fetch(url, { ...init, signal: abort.signal });
    const body = await response.arrayBuffer();
    const { status } = response;
    return new Response(status === 204 || status === 304 ? null : body, { status, headers: response.headers });
  } finally {
    timer.cancel();
  }
}
