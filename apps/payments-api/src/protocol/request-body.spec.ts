import { describe, expect, it } from '@jest/globals';
import { readBody } from './request-body.js';
import { plain } from '../http/testing/plain.js';

const form = 'application/x-www-form-urlencoded';
const read = (body: string | Buffer, type?: string, encoding?: string) =>
  plain(readBody(Buffer.from(body), { 'content-type': type, 'content-encoding': encoding }));

describe('a body', () => {
  it.each([
    undefined,
    '',
    form,
    `${form}; charset=utf-8`,
    `${form};charset="UTF-8"`,
    'text/plain;charset=UTF-8',
    'Application/X-WWW-Form-Urlencoded',
  ])('is a form when its type is %j', (type) => {
    expect(read('amount=1&description=M%C3%A4rz', type)).toEqual({ amount: '1', description: 'März' });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.api+json'])(
    'is JSON when its type is %j',
    (type) => {
      expect(read('{"amount":1,"description":"März"}', type)).toEqual({ amount: '1', description: 'März' });
      expect(read('\ufeff{"amount":1}', type)).toEqual({ amount: '1' });
    },
  );

  it('may be empty, with any content type', () => {
    expect(read('', 'multipart/form-data')).toEqual({});
    expect(read('', 'application/json')).toEqual({});
  });

  const multipart = '--x\r\nContent-Disposition: form-data; name="secret"\r\n\r\n1\r\n--x--';
  it.each([
    [multipart, 'multipart/form-data; boundary=x', undefined, 'multipart/form-data'],
    [multipart, form, undefined, 'no form'],
    [multipart, undefined, undefined, 'no form'],
    ['<secret>1</secret>', 'application/xml', undefined, 'application/xml'],
    ['<secret>1</secret>', 'text/xml; charset=utf-8', undefined, 'text/xml'],
    ['<secret>1</secret>', form, undefined, 'no form'],
    ['secret', 'application/octet-stream', undefined, 'application/octet-stream'],
    ['{"secret":1}', form, undefined, 'looks like JSON'],
    ['{"secret":1}', undefined, undefined, 'looks like JSON'],
    ['{"secret":1}', 'text/plain', undefined, 'looks like JSON'],
    ['secret=1', 'application/json', undefined, 'not JSON'],
    ['secret=1', form, 'gzip', 'gzip'],
    ['secret=1', form, 'deflate', 'deflate'],
    ['secret=1', form, 'br, gzip', 'br, gzip'],
    ['secret=1', `${form}; charset=iso-8859-1`, undefined, 'iso-8859-1'],
    ['{"secret":1}', 'application/json; charset=utf-16', undefined, 'utf-16'],
    ['\u001f\u008bsecret', form, undefined, 'UTF-8'],
  ])('is refused, and not shown again, when it is %j as %s, %s', (body, type, encoding, reason) => {
    const bytes = Buffer.from(body, 'latin1');
    const refusal = () => readBody(bytes, { 'content-type': type, 'content-encoding': encoding });
    expect(refusal).toThrow(expect.objectContaining({ httpStatus: 400, message: expect.stringContaining(reason) }));
    expect(refusal).not.toThrow(/secret/);
  });

  it('is taken for uncompressed when it says identity', () => {
    expect(read('amount=1', form, 'identity')).toEqual({ amount: '1' });
  });
});
