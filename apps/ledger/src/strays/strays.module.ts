import { Module } from '@nestjs/common';
import { AggregatesModule, keep } from '#service';
import { LedgerStrayEventsController } from './stray-events.controller.js';
import { StrayRepository } from './stray.repository.js';
import { strays } from './stray.js';

const aggregates = AggregatesModule.forFeature({ aggregates: [keep(strays, StrayRepository)] });

/** Strays: their repository and event handlers. */
@Module({ imports: [aggregates], controllers: [LedgerStrayEventsController], exports: [aggregates] })
export class StraysModule {}
