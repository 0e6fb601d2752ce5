import { z } from 'zod';
import { bankProtocol } from '#contracts';

/** Parses one HTTP request of the protocol. @returns `invalid` with the status of the answer if it is malformed */
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
        return read({ ...json(body), kind: 'authorize' });
      case 'POST authorizations/:id/captures':
        return read({ ...json(body), kind: 'capture', authorizationId: id });
      case 'POST authorizations/:id/voids':
        return read({ ...json(body), kind: 'void', authorizationId: id });
      case 'POST captures/:id/refunds':
        return read({ ...json(body), kind: 'refund', captureId: id });
      case 'POST reversals':
        return read({ ...json(body), kind: 'reverse' });
      case 'GET operations/:id':
        return read({ ...parametersIn(query), kind: 'inquire', reference: id });
      case 'GET statements':
        return read({ ...parametersIn(query), kind: 'statement' });
      default:
        return { invalid: `no such call: ${method} ${pathname}`, status: 404 };
    }
  } catch (error) {
    if (error instanceof z.ZodError) return { invalid: z.prettifyError(error), status: 400 };
    if (error instanceof SyntaxError) return { invalid: 'the body is not JSON', status: 400 };
    throw error;
  }
}

const read = (request: object): bankProtocol.BankRequest => bankProtocol.requestSchema.parse(request);
const json = (body: string): object => JSON.parse(body) as object;
const parametersIn = (query: string | undefined): object => Object.fromEntries(new URLSearchParams(query));
