import { Module } from '@nestjs/common';
import { Expansion } from './expansion.js';

/** Each module of an aggregate registers here how its objects are read. */
@Module({ providers: [Expansion], exports: [Expansion] })
export class ExpansionModule {}
