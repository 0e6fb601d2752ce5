import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';
import { assemble, provide, token } from './provide.js';

const NAME = token<string>('name');
const LENGTH = token<number>('length');

class Label {
  constructor(readonly parts: { readonly name: string; readonly length: number }) {}
}

const name = { provide: NAME, useValue: 'alder' };
const length = provide(LENGTH, [NAME], (given) => given.length);

describe('a provider whose dependencies are listed once', () => {
  it('is made of the values of its tokens, in order', async () => {
    const made = await Test.createTestingModule({ providers: [name, length] }).compile();
    expect(made.get(LENGTH)).toBe(5);
  });

  it('may take an object of parts, each by its own token', async () => {
    @Module({ providers: [name, length, assemble(Label, { length: LENGTH, name: NAME })] })
    class LabelModule {}
    const made = await Test.createTestingModule({ imports: [LabelModule] }).compile();
    expect(made.get(Label).parts).toEqual({ name: 'alder', length: 5 });
  });

  it('does not compile with a token of another type', () => {
    // @ts-expect-error -- a name is no number
    expect(provide(LENGTH, [NAME], (given) => given)).toMatchObject({ inject: [NAME] });
    // @ts-expect-error -- a length is no name
    expect(assemble(Label, { name: LENGTH, length: LENGTH })).toMatchObject({ inject: [LENGTH, LENGTH] });
    // @ts-expect-error -- a part is missing
    expect(assemble(Label, { name: NAME })).toMatchObject({ inject: [NAME] });
  });
});
