import { z } from 'zod';
import { bankProtocol } from '#contracts';

/** Reads one HTTP request of the protocol; what it cannot read is `invalid`, with the status to answer. */
export function readRequest(
  method: string,
  target: string,
  body: string,
): bankProtocol.BankRequest | { invalid: string; status: 400 | 404 } {
  const [pathname = '', query] = target.split('?', 2);
  const [, version, collection, id, action] = pathname.split('/');
  const route = version === 'v1' ? `${method} ${collection}${id ? '/:id' : ''}${action ? `/${action}` : ''}` : '';
  try {
    switch (route) {
      case 'POST authorizations':
        return { kind: 'authorize', ...bankProtocol.authorizeBodySchema.parse(JSON.parse(body)) };
      case 'POST authorizations/:id/captures':
        return { kind: 'capture', authorizationId: id!, ...bankProtocol.captureBodySchema.parse(JSON.parse(body)) };
      case 'POST authorizations/:id/voids':
        return { kind: 'void', authorizationId: id!, ...bankProtocol.voidBodySchema.parse(JSON.parse(body)) };
      case 'POST captures/:id/refunds':
        return { kind: 'refund', captureId: id!, ...bankProtocol.refundBodySchema.parse(JSON.parse(body)) };
      case 'POST reversals':
        return { kind: 'reverse', ...bankProtocol.reverseBodySchema.parse(JSON.parse(body)) };
      case 'GET operations/:id':
        return {
          kind: 'inquire',
          reference: bankProtocol.referenceSchema.parse(id),
          ...bankProtocol.inquireQuerySchema.parse(Object.fromEntries(new URLSearchParams(query))),
        };
      case 'GET statements':
        return {
          kind: 'statement',
          ...bankProtocol.statementQuerySchema.parse(Object.fromEntries(new URLSearchParams(query))),
        };
      default:
        return { invalid: `no such call: ${method} ${pathname}`, status: 404 };
    }
  } catch (error) {
    if (error instanceof z.ZodError) return { invalid: z.prettifyError(error), status: 400 };
    if (error instanceof SyntaxError) return { invalid: 'the body is not JSON', status: 400 };
    throw error;
  }
}
