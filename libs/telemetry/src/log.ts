import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { redact } from './redact.js';
import { traceIdOf } from './traceparent.js';

/** `log.info({ charge: 'ch_…' }, 'what happened')`: fields first, then one sentence. */
export type Log = Logger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  service: string;
  instance: string;
  level?: LogLevel;
  /** Default: standard output. */
  destination?: DestinationStream;
}

/** One JSON object for each line. Every line is redacted as it is written, at any depth. */
export function createLog({ service, instance, level = 'info', destination }: LogOptions): Log {
  return pino(
    {
      level,
      base: { service, instance },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redact },
    },
    destination ?? logDestination(),
  );
}

/** The buffer while the disk is full. Lines beyond it are lost. */
const WAITING_BYTES = 1024 * 1024;

/** Standard output, or another open file. A full disk loses lines, but does not end the process. */
export function logDestination(fd = 1): DestinationStream {
  const stream = pino.destination({ dest: fd, sync: true, maxLength: WAITING_BYTES });
  stream.on('error', () => undefined);
  return stream;
}

/** The fields that correlate lines of different services. */
export function about(subject: { traceparent?: string | undefined; charge?: string | undefined }): object {
  const traceId = subject.traceparent && traceIdOf(subject.traceparent);
  return { ...(traceId && { trace_id: traceId }), ...(subject.charge && { charge: subject.charge }) };
}
