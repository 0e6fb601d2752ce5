import type { LoggerService } from '@nestjs/common';
import type { Log } from '#telemetry';

/** Writes Nest's messages to the service's log, its start-up messages at debug level. */
export class NestLog implements LoggerService {
  constructor(private readonly sink: Log) {}

  log(message: unknown): void {
    this.sink.debug(String(message));
  }

  debug(message: unknown): void {
    this.sink.debug(String(message));
  }

  verbose(message: unknown): void {
    this.sink.trace(String(message));
  }

  warn(message: unknown): void {
    this.sink.warn(String(message));
  }

  /** Nest calls `error(message, stack?, context?)`, sometimes with an Error as the message. */
  error(message: unknown, stack?: unknown): void {
    if (message instanceof Error) this.sink.error({ err: message }, message.message);
    else this.sink.error(typeof stack === 'string' ? { stack } : {}, String(message));
  }
}

/** Used during start-up, where the caller logs errors, since they are thrown too. */
export class StartingNestLog extends NestLog {
  override error(): void {}
}
