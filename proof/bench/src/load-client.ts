import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { RequestKind, ToldAnswer } from '#checker';

/** Cards of every bank, mostly visa and mastercard. */
export const cards = ['tok_visa', 'tok_visa', 'tok_mastercard', 'tok_mastercard', 'tok_amex', 'tok_discover'];

/** A client of one merchant account. */
export class LoadClient {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly apiUrl: string,
    private readonly key: string,
  ) {}

  async post(asked: RequestKind, path: string, form: Record<string, string>, about?: string): Promise<ToldAnswer> {
    const idempotencyKey = randomUUID();
    const request = { asked, account: this.key, key: idempotencyKey };
    try {
      const { statusCode, body } = await this.dispatcher.request({
        origin: this.apiUrl,
        path,
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.key}`,
          'content-type': 'application/x-www-form-urlencoded',
          'idempotency-key': idempotencyKey,
        },
        body: new URLSearchParams(form).toString(),
      });
      const text = await body.text();
      const parsed = JSON.parse(text) as { id?: string; error?: { charge?: string } };
      const chargeId = about ?? parsed.id ?? parsed.error?.charge;
      return {
        ...request,
        kind: statusCode === 200 ? 'ok' : 'fail',
        status: statusCode,
        body: text,
        ...(chargeId !== undefined && { chargeId }),
      };
    } catch {
      return { ...request, kind: 'info', ...(about !== undefined && { chargeId: about }) };
    }
  }
}

/** The status of the charge, of the answer, or that there was none. */
export function outcomeOf({ status, body }: ToldAnswer): string {
  if (status === undefined) return 'no answer';
  if (status !== 200) return String(status);
  return (JSON.parse(body!) as { status: string }).status;
}
