import { z } from 'zod';
import { bankProtocol, type EventContract } from '#contracts';
import * as fields from '../../libs/contracts/src/fields.js';
import { commentsOf, commentsOfContracts } from './comments.js';

/** The subset of JSON Schema draft 7 that AsyncAPI's schema object has. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: (string | number | null)[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  minLength?: number;
  maxLength?: number;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  [keyword: string]: unknown;
}

/** Prefix of references to shared schemas. */
export const SCHEMAS = '#/components/schemas/';

const shared = {
  chargeId: fields.chargeId,
  refundId: fields.refundId,
  account: fields.account,
  amount: fields.amount,
  currency: fields.amount.shape.currency,
  card: fields.card,
  bank: fields.bank,
  statementEntry: bankProtocol.entrySchema,
} as const;
const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(shared)) names.add(schema, { id });

/** Schemas of fields that several events have. */
export function sharedSchemas(): Record<string, JsonSchema> {
  const comments = new Map([...commentsOfContracts('fields.ts'), ...commentsOfContracts('bank-protocol/answers.ts')]);
  const meanings: Record<keyof typeof shared, string> = {
    chargeId: 'Also the key of the event in Kafka, so that one charge’s events of one topic stay in order.',
    refundId: 'One refund of a charge.',
    account: 'The merchant.',
    amount: 'Integer minor units: 2000 usd are twenty dollars.',
    currency: 'ISO 4217, in lower case.',
    card: comments.get('card')!,
    bank: 'Which bank.',
    statementEntry: comments.get('entrySchema')!,
  };
  return Object.fromEntries(
    Object.entries(shared).map(([id, schema]) => {
      // zod renders a registered schema as a reference to one of the definitions.
      const { definitions = {}, ...whole } = jsonSchemaOf(schema);
      const own = (definitions as Record<string, JsonSchema>)[id] ?? whole;
      return [id, { ...described(own, comments), description: meanings[id as keyof typeof shared] }];
    }),
  );
}

/** Schema of an event's payload, with references to the shared schemas. */
export function payloadSchema(event: EventContract): JsonSchema {
  const { definitions: _, ...schema } = jsonSchemaOf(event.schema);
  return described(schema, commentsOf(event));
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made = z.toJSONSchema(schema, {
    target: 'draft-7',
    metadata: names,
    override: ({ jsonSchema }) => {
      // zod adds the bounds of safe integers and a format of its own, which do not help a reader.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
    },
  });
  const { $schema: _, ...rest } = JSON.parse(JSON.stringify(made).replaceAll('#/definitions/', SCHEMAS)) as JsonSchema;
  return rest;
}

function described(schema: JsonSchema, comments: ReadonlyMap<string, string>): JsonSchema {
  const withTexts = Object.entries(schema.properties ?? {}).map(([name, property]): [string, JsonSchema] => {
    const description = comments.get(name);
    // Draft 7 ignores all siblings of $ref.
    return [name, description && !property.$ref ? { ...property, description } : property];
  });
  return schema.properties ? { ...schema, properties: Object.fromEntries(withTexts) } : schema;
}
