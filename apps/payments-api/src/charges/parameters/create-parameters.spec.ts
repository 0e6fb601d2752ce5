import { describe, expect, it } from '@jest/globals';
import { usd } from '#money';
import { parseForm } from '../../protocol/parameters.js';
import { createParameters } from './create-parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';

const valid = 'amount=1000&currency=usd&source=tok_visa';
const read = (form: string) => readParameters(createParameters, parseForm(form));

describe('POST /v1/charges', () => {
  it('takes what the SDK sends', () => {
    const request = read(
      `${valid}&description=Order+1&metadata[order]=1&receipt_email=a%40b.c&expand[0]=balance_transaction`,
    );
    expect(request).toMatchObject({
      amount: usd(1000),
      expand: ['balance_transaction'],
      details: { description: 'Order 1', metadata: { order: '1' }, receiptEmail: 'a@b.c', shipping: null },
    });
  });

  it('takes currencies in capitals', () => {
    expect(read('amount=1000&currency=USD&source=tok_visa').amount).toEqual(usd(1000));
  });

  it('captures by itself, unless told not to', () => {
    const capture = (written: string) => read(`${valid}${written}`).capture;
    for (const yes of ['', '&capture=true', '&capture=True', '&capture=1']) expect(capture(yes)).toBe('automatic');
    for (const no of ['&capture=false', '&capture=False', '&capture=0']) expect(capture(no)).toBe('manual');
  });

  it.each([
    ['currency=usd&source=tok_visa', 'parameter_missing', 'amount'],
    ['amount=1000&source=tok_visa', 'parameter_missing', 'currency'],
    ['amount=1000&currency=usd', 'parameter_missing', 'source'],
    [`${valid}&card=tok_visa`, 'parameters_exclusive', 'source'],
    ['amount=&currency=usd&source=tok_visa', 'parameter_invalid_empty', 'amount'],
    ['amount=abc&currency=usd&source=tok_visa', 'parameter_invalid_integer', 'amount'],
    ['amount=10.5&currency=usd&source=tok_visa', 'parameter_invalid_integer', 'amount'],
    ['amount=1e3&currency=usd&source=tok_visa', 'parameter_invalid_integer', 'amount'],
    ['amount=-5&currency=usd&source=tok_visa', 'parameter_invalid_integer', 'amount'],
    ['amount=0&currency=usd&source=tok_visa', 'parameter_invalid_integer', 'amount'],
    ['amount=49&currency=usd&source=tok_visa', 'amount_too_small', 'amount'],
    ['amount=100000000&currency=usd&source=tok_visa', 'amount_too_large', 'amount'],
    ['amount=1000&currency=xyz&source=tok_visa', undefined, 'currency'],
    [`${valid}&capture=maybe`, undefined, 'capture'],
    [`${valid}&colour=red`, 'parameter_unknown', 'colour'],
    [`${valid}&shipping[colour]=red`, 'parameter_unknown', 'shipping[colour]'],
    [`${valid}&shipping[name]=Ada`, 'parameter_missing', 'shipping[address]'],
    [`${valid}&customer=cus_1`, 'resource_missing', 'customer'],
    [`${valid}&on_behalf_of=acct_1`, undefined, 'on_behalf_of'],
    [`${valid}&receipt_email=nobody`, 'email_invalid', 'receipt_email'],
    [`${valid}&statement_descriptor=1234567890`, undefined, 'statement_descriptor'],
    [`${valid}&statement_descriptor=${'A'.repeat(23)}`, undefined, 'statement_descriptor'],
    [`${valid}&statement_descriptor_suffix=A*B`, undefined, 'statement_descriptor_suffix'],
    [`${valid}&metadata=x`, undefined, 'metadata'],
    [`${valid}&metadata[${'k'.repeat(41)}]=1`, undefined, `metadata[${'k'.repeat(41)}]`],
    [`${valid}&metadata[k]=${'v'.repeat(501)}`, undefined, 'metadata[k]'],
    [`${valid}&metadata[k][l]=1`, undefined, 'metadata[k]'],
    [`${valid}&${Array.from({ length: 51 }, (_, n) => `metadata[k${n}]=1`).join('&')}`, undefined, 'metadata'],
    [`${valid}&expand[]=nothing`, undefined, 'expand[0]'],
    [`${valid}&expand[]=balance_transaction&expand[]=x`, undefined, 'expand[1]'],
    [`${valid}&description[a]=1`, undefined, 'description'],
    ['amount[a]=1&currency=usd&source=tok_visa', undefined, 'amount'],
  ])('refuses %s with %s at %s', (form, code, param) => {
    let thrown: unknown;
    try {
      read(form);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ httpStatus: 400, body: { type: 'invalid_request_error', param } });
    expect((thrown as { body: { code?: string } }).body.code).toBe(code);
  });

  it('keeps metadata under numbers, and counts its characters', () => {
    expect(read(`${valid}&metadata[0]=a&metadata[1]=b`).details.metadata).toEqual({ 0: 'a', 1: 'b' });
    const emoji = encodeURIComponent('😀'.repeat(500));
    expect(read(`${valid}&metadata[${encodeURIComponent('😀'.repeat(40))}]=${emoji}`).details.metadata).toEqual({
      ['😀'.repeat(40)]: '😀'.repeat(500),
    });
    expect(read(`${valid}&statement_descriptor=A${encodeURIComponent('😀'.repeat(21))}`)).toBeDefined();
    expect(() => read(`${valid}&metadata[k]=${emoji}1`)).toThrow('500 characters');
  });

  it('has minimums of its own in zero-decimal currencies', () => {
    expect(() => read('amount=49&currency=jpy&source=tok_visa')).toThrow('at least 50 jpy');
    expect(read('amount=50&currency=jpy&source=tok_visa').amount).toEqual({ amountMinor: 50, currency: 'jpy' });
  });

  it('drops metadata with an empty value', () => {
    expect(read(`${valid}&metadata[a]=1&metadata[b]=`).details.metadata).toEqual({ a: '1' });
    expect(read(`${valid}&metadata=`).details.metadata).toEqual({});
  });

  it('shows no card number in its errors', () => {
    for (const form of [
      `${valid}&4242424242424242=1`,
      'amount=4242424242424242&currency=usd',
      `${valid}&capture=4242 4242 4242 4242`,
    ]) {
      expect(() => read(form)).toThrow();
      expect(() => read(form)).not.toThrow(/4242 ?4242/);
    }
  });
});
