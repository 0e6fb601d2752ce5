import 'reflect-metadata';
import { runService } from '#service';
import { LedgerModule } from './ledger.module.js';

await runService(LedgerModule);
