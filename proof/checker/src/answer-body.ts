import type { ApiAnswer, ApiExchange } from './history.js';

/** The fields of an answer's body that clients and checks use: of an object, a list or an error. */
export interface AnswerBody {
  readonly id?: string;
  readonly object?: string;
  readonly amount?: number;
  readonly currency?: string;
  readonly status?: string;
  readonly captured?: boolean;
  readonly charge?: string;
  readonly has_more?: boolean;
  readonly data?: readonly { readonly id: string }[];
  readonly error?: {
    readonly type?: string;
    readonly code?: string;
    readonly decline_code?: string;
    readonly message?: string;
    readonly charge?: string;
  };
}

/** Cache, because a run is checked more than once. */
const parsed = new WeakMap<ApiAnswer, AnswerBody>();

/** Empty if there is no answer, or none in JSON. The reference model has its own parser. */
export function answerBody({ answer }: Pick<ApiExchange, 'answer'>): AnswerBody {
  if (!answer) return {};
  const known = parsed.get(answer);
  if (known) return known;
  const body = parse(answer.body);
  parsed.set(answer, body);
  return body;
}

function parse(body: string): AnswerBody {
  try {
    return JSON.parse(body) as AnswerBody;
  } catch {
    return {};
  }
}
