import { z } from 'zod';

/** GET /charges/:id/spans of every service: the recorded spans that this instance still has, by their start. */
export const spanView = z.object({
  traceId: z.string(),
  spanId: z.string(),
  /** Null for the span that begins a trace. */
  parentSpanId: z.string().nullable(),
  service: z.string(),
  instance: z.string(),
  name: z.string(),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  /** Milliseconds since the epoch with a fraction, on its service's clock. */
  startedAt: z.number(),
  durationMs: z.number(),
  /** Null unless it failed. */
  error: z.string().nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).readonly(),
});
export type SpanView = z.infer<typeof spanView>;
