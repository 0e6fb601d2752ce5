import { Module } from '@nestjs/common';
import { keep, StepsModule } from '#service';
import { onStrayReversed } from './on-stray-reversed.js';
import { StrayRepository } from './stray.repository.js';
import { strays } from './stray.js';

const steps = StepsModule.forFeature({ aggregates: [keep(strays, StrayRepository)], steps: [onStrayReversed] });

/** What banks performed and nobody had wanted, until they have undone it. */
@Module({ imports: [steps], exports: [steps] })
export class StraysModule {}
