import { parseForm, parseJson, utf8, type Parameters } from './parameters.js';
import { invalidRequest, shown, type StripeError } from './stripe-error.js';

/** Headers that describe the encoding of a body. */
export interface BodyHeaders {
  readonly 'content-type'?: string | undefined;
  readonly 'content-encoding'?: string | undefined;
}

const FORM = /^(application\/x-www-form-urlencoded|text\/plain)$/;
const JSON_TYPE = /^application\/([\w.-]+\+)?json$/;
const UTF8 = /^(utf-?8|us-ascii)$/;

/**
 * Parameters of a body: a form, as the SDKs send it (also without a content type or as text/plain), or JSON. Errors
 * never quote the body.
 *
 * @throws StripeError 400
 */
export function readBody(body: Buffer, headers: BodyHeaders): Parameters {
  if (body.length === 0) return new Map();
  const encoding = (headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding !== 'identity') {
    throw refused(`Content-Encoding '${shown(encoding)}' is not read: send it without compression.`);
  }
  const { type, charset } = contentTypeOf(headers['content-type'] ?? '');
  if (!UTF8.test(charset)) throw refused(`The charset '${shown(charset)}' is not read: send it as UTF-8.`);
  if (JSON_TYPE.test(type)) return parseJson(withoutByteOrderMark(utf8(body)));
  if (type !== '' && !FORM.test(type)) {
    throw refused(`Content-Type '${shown(type)}' is not read: ${SEND}.`);
  }
  const form = body.toString('latin1');
  if (/^\s*[{[]/.test(form)) throw refused(`It looks like JSON, and does not say so: ${SEND}.`);
  if (/^\s*<|^--[^\r\n&=]+\r?\n/.test(form)) throw refused(`It is no form: ${SEND}.`);
  return parseForm(form);
}

const SEND =
  'send a form (Content-Type: application/x-www-form-urlencoded), as the SDKs do, or JSON (Content-Type: application/json)';

function contentTypeOf(header: string): { type: string; charset: string } {
  const [type = '', ...attributes] = header.toLowerCase().split(';');
  const charset = attributes.map((each) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(each)?.[1]).find(Boolean);
  return { type: type.trim(), charset: charset ?? 'utf-8' };
}

/** Some editors and shells put one before a JSON text. */
function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

function refused(reason: string): StripeError {
  return invalidRequest(`Invalid request body. ${reason}`);
}
