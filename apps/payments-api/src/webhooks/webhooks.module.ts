import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CLOCK, Jobs, LOG, provide, Shutdown } from '#service';
import { SettlementsModule } from '../charges/settlements.module.js';
import { ListsModule } from '../lists/lists.module.js';
import { paymentsConfig } from '../settings.js';
import { StripeEvents } from '../stripe-events/stripe-events.js';
import { Deliverer } from './delivery/deliverer.js';
import { DeliveryMetrics } from './delivery/delivery-metrics.js';
import { HttpWebhookSender } from './delivery/http-webhook-sender.client.js';
import { WebhookDeliveryRepository } from './delivery/webhook-delivery.repository.js';
import { WEBHOOK_SENDER } from './delivery/webhook-sender.js';
import { EndpointSecrets } from './endpoint-secrets.js';
import { EventResend } from './event-resend.js';
import { EventResendController } from './http/event-resend.controller.js';
import { WebhookEndpointsController } from './http/webhook-endpoints.controller.js';
import { WebhookDeliveryEntity } from './webhook-delivery.entity.js';
import { WebhookEndpointEntity } from './webhook-endpoint.entity.js';
import { WebhookEndpointRepository } from './webhook-endpoint.repository.js';
import { WebhookEndpoints } from './webhook-endpoints.js';

/** Endpoints of merchants, and the delivery of events to them. */
@Module({
  imports: [TypeOrmModule.forFeature([WebhookEndpointEntity, WebhookDeliveryEntity]), ListsModule, SettlementsModule],
  controllers: [WebhookEndpointsController, EventResendController],
  providers: [
    EndpointSecrets,
    WebhookEndpointRepository,
    WebhookEndpoints,
    WebhookDeliveryRepository,
    DeliveryMetrics,
    EventResend,
    provide(WEBHOOK_SENDER, [paymentsConfig.KEY, Shutdown], ({ API_KEYS }, shutdown) => {
      const sender = new HttpWebhookSender({ refusesPrivate: API_KEYS === 'strict' });
      shutdown.during('pools', 'the connections to webhook endpoints', () => sender.close());
      return sender;
    }),
    provide(
      Deliverer,
      [WebhookDeliveryRepository, WEBHOOK_SENDER, EndpointSecrets, CLOCK, LOG, DeliveryMetrics],
      (deliveries, sender, secrets, clock, log, { attempted: observe }) =>
        new Deliverer({ deliveries, sender, secrets, clock, log, observe }),
    ),
  ],
  exports: [Deliverer, WebhookDeliveryRepository],
})
export class WebhooksModule implements OnApplicationBootstrap {
  constructor(
    private readonly deliverer: Deliverer,
    private readonly events: StripeEvents,
    private readonly jobs: Jobs,
    private readonly shutdown: Shutdown,
  ) {}

  onApplicationBootstrap(): void {
    const { deliverer } = this;
    this.events.onDeliveries((endpointIds) => deliverer.tell(endpointIds));
    this.jobs.onEveryInstance(deliverer.look);
    this.shutdown.during('workers', 'the webhooks under way', () => deliverer.close());
  }
}
