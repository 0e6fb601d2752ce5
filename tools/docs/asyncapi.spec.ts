import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import specs from '@asyncapi/specs';
import { Ajv, type AnySchema } from 'ajv';
import addFormats from 'ajv-formats';
import { notEmpty } from '#testing';
import { repositoryRoot } from '../../infra/local/repository.js';
import { asyncApiOf } from './asyncapi.js';
import { exampleEvents } from './event-examples.js';
import { eventsOf } from './saga-reading.js';
import { pagesOf } from './pages.js';

interface Document {
  channels: Record<string, { messages: Record<string, unknown> }>;
  operations: Record<string, { action: string; messages?: { $ref: string }[] }>;
  components: { messages: Record<string, { payload: object; headers: object; examples: Example[] }>; schemas: object };
}
interface Example {
  headers: Record<string, string>;
  payload: unknown;
}

const document = JSON.parse(JSON.stringify(asyncApiOf('0.1.0'))) as Document;
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);

describe('docs/asyncapi.json', () => {
  it('is up to date with npm run docs', () => {
    expect(readFileSync(join(repositoryRoot, 'docs', 'asyncapi.json'), 'utf8')).toBe(pagesOf()['asyncapi.json']);
  });

  // The official parser checks little more than the schema, and brings some 170 packages.
  it('is an AsyncAPI 3.0 document by the official schema', () => {
    expect([ajv.validate(specs.schemasWithoutId['3.0.0'] as AnySchema, document), ajv.errors]).toEqual([true, null]);
  });

  it('resolves every reference', () => {
    const missing = [...JSON.stringify(document).matchAll(/"\$ref":"(#[^"]+)"/g)]
      .map(([, reference]) => reference!)
      .filter((reference) => follow(reference) === undefined);
    expect(missing).toEqual([]);
  });

  it('has one sender for every event, and names every reaction', () => {
    const operations = Object.keys(document.operations);
    for (const event of notEmpty(Object.keys(document.components.messages)))
      expect(operations.filter((name) => name.endsWith(`.sends.${event}`))).toHaveLength(1);
    expect(operations).toContain('bank-gateway.receives.ledger.hold_placed');
    expect(operations).toContain('payments-api.receives.ledger.charge_posted');
  });
});

describe('the example of an event', () => {
  it.each(eventsOf().map((event) => [event.type, event] as const))('%s matches its contract', (type, contract) => {
    const example = exampleEvents.get(type);
    expect(contract.schema.safeParse(example?.data)).toMatchObject({ success: true });
  });

  it.each(Object.entries(document.components.messages))('%s matches the published schema', (_, message) => {
    const [example] = message.examples;
    const inside = (schema: object): AnySchema => ({ ...schema, components: document.components });
    expect([ajv.validate(inside(message.payload), example!.payload), ajv.errors]).toEqual([true, null]);
    expect([ajv.validate(inside(message.headers), example!.headers), ajv.errors]).toEqual([true, null]);
    // The schema rejects unknown fields, as the contract does.
    expect(ajv.validate(inside(message.payload), { ...(example!.payload as object), cardNumber: '4242' })).toBe(false);
  });
});

function follow(reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((within, part) => (within as Record<string, unknown> | undefined)?.[part], document);
}
