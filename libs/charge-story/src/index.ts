export type { AdminDoors } from './admin-doors.js';
export { storyOf, type ChargeTimeline } from './charge-timeline.js';
export { EvidenceClient, type ReadUrl } from './evidence.client.js';
export type {
  ChargeFacts,
  GatewayFacts,
  LedgerFacts,
  PaymentsFacts,
  ServiceReply,
  WhyJournalRecord,
} from './evidence.js';
export type { EventReference, PlacedEntry, TimelineEntry, Who } from './timeline-entry.js';
export { duration } from './words.js';
