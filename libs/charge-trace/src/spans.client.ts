import { z } from 'zod';
import { views } from '#contracts';

export interface FoundSpans {
  readonly spans: readonly views.SpanView[];
  /** Operators' ports that gave no answer, with the reason. */
  readonly missing: readonly { readonly url: string; readonly because: string }[];
}

/** Asks every instance for its spans of a charge. */
export class SpansClient {
  /**
   * @param urls operators' ports of all instances of all services
   * @param get one request, with a time-out
   */
  constructor(
    private readonly urls: readonly string[],
    private readonly get: (url: string) => Promise<Response>,
  ) {}

  async ofCharge(chargeId: string): Promise<FoundSpans> {
    const answers = await Promise.all(this.urls.map((url) => this.ask(url, chargeId)));
    return {
      spans: answers.flatMap((answer) => ('spans' in answer ? answer.spans : [])),
      missing: answers.flatMap((answer) => ('because' in answer ? [answer] : [])),
    };
  }

  private async ask(
    url: string,
    chargeId: string,
  ): Promise<{ spans: views.SpanView[] } | { url: string; because: string }> {
    try {
      const response = await this.get(`${url}/charges/${encodeURIComponent(chargeId)}/spans`);
      if (!response.ok) return { url, because: `answered ${response.status}` };
      return { spans: z.array(views.spanView).parse(await response.json()) };
    } catch (error) {
      const { name, message, cause } = error as Error & { cause?: { code?: string } };
      return { url, because: name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? message) };
    }
  }
}
