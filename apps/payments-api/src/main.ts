import 'reflect-metadata';
import { runService } from '#service';
import { stripeDoor } from './http/stripe-door.http.js';
import { PaymentsApiModule } from './payments-api.module.js';

await runService(PaymentsApiModule, { public: stripeDoor });
