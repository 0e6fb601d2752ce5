import type { LoggerService } from '@nestjs/common';
import type { Log } from '#telemetry';

/** Nest's own messages in the service's log. Its start-up chatter is for whoever debugs Nest. */
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

  /** Nest calls `error(message, stack?, context?)`, sometimes with an Error in the message's place. */
  error(message: unknown, stack?: unknown): void {
    if (message instanceof Error) this.sink.error({ err: message }, message.message);
    else this.sink.error(typeof stack === 'string' ? { stack } : {}, String(message));
  }
}

/** While the parts are made: what fails is thrown too, and logged by whoever called. */
export class StartingNestLog extends NestLog {
  override error(): void {}
}
