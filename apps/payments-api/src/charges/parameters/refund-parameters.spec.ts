import { describe, expect, it } from '@jest/globals';
import { parseForm } from '../../protocol/parameters.js';
import { readParameters } from '../../protocol/read-parameters.js';
import { refundParameters } from './refund-parameters.js';

const read = (more: string) => readParameters(refundParameters, parseForm(`charge=ch_1&${more}`));

describe('the switches of Connect of a refund', () => {
  it.each(['reverse_transfer', 'refund_application_fee'])('%s changes nothing when it is off', (name) => {
    for (const off of ['false', 'False', '0']) expect(read(`${name}=${off}`)).toEqual(read(''));
    const refusal = expect.objectContaining({ param: name, message: expect.stringContaining('Connect') });
    expect(() => read(`${name}=true`)).toThrow(expect.objectContaining({ body: refusal }));
  });
});
