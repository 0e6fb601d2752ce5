import { Module } from '@nestjs/common';
import { AggregatesModule, keep } from '#service';
import { LedgerStrayEventsController } from './stray-events.controller.js';
import { StrayRepository } from './stray.repository.js';
import { strays } from './stray.js';

const aggregates = AggregatesModule.forFeature({ aggregates: [keep(strays, StrayRepository)] });

/** What banks performed and nobody had wanted, until they have undone it. */
@Module({ imports: [aggregates], controllers: [LedgerStrayEventsController], exports: [aggregates] })
export class StraysModule {}
