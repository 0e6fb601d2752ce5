import { runService } from '#service';
import { GatewayModule } from './gateway.module.js';

await runService(GatewayModule);
