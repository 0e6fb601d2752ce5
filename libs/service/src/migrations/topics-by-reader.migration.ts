import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Unpublished rows of the former topics go to the topic of their reader: docs/decisions/0028. */
export class TopicsByReader1764100000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(topicsByReaderSql);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `UPDATE outbox SET topic = split_part(topic, '.', 1) || '.events' WHERE topic LIKE '%.events.%'`,
    );
  }
}

// Literal names, because a migration must not change with the contracts. No service read capture_failed.
const topicsByReaderSql = `
  DELETE FROM outbox WHERE topic = 'bank.events' AND headers->>'ce_type' = 'bank.capture_failed.v1';
  UPDATE outbox SET topic = outbox.topic || '.' || event.reader
  FROM (VALUES
    ('payments.charge_requested.v1', 'bank-gateway'),
    ('payments.capture_requested.v1', 'bank-gateway'),
    ('payments.cancellation_requested.v1', 'bank-gateway'),
    ('payments.refund_requested.v1', 'ledger'),
    ('bank.authorization_approved.v1', 'ledger'),
    ('bank.authorization_declined.v1', 'payments-api'),
    ('bank.authorization_failed.v1', 'payments-api'),
    ('bank.authorization_voided.v1', 'ledger'),
    ('bank.cancellation_refused.v1', 'payments-api'),
    ('bank.capture_compensated.v1', 'ledger'),
    ('bank.capture_succeeded.v1', 'ledger'),
    ('bank.refund_failed.v1', 'ledger'),
    ('bank.refund_succeeded.v1', 'ledger'),
    ('bank.statement_published.v1', 'ledger'),
    ('bank.stray_reversed.v1', 'ledger'),
    ('ledger.capture_suspended.v1', 'bank-gateway'),
    ('ledger.charge_authorized.v1', 'payments-api'),
    ('ledger.charge_posted.v1', 'payments-api'),
    ('ledger.charge_released.v1', 'payments-api'),
    ('ledger.difference_found.v1', 'bank-gateway'),
    ('ledger.hold_placed.v1', 'bank-gateway'),
    ('ledger.hold_refused.v1', 'bank-gateway'),
    ('ledger.refund_posted.v1', 'payments-api'),
    ('ledger.refund_refused.v1', 'payments-api'),
    ('ledger.refund_released.v1', 'payments-api'),
    ('ledger.refund_reserved.v1', 'bank-gateway')
  ) AS event (type, reader)
  WHERE outbox.topic IN ('payments.events', 'bank.events', 'ledger.events') AND outbox.headers->>'ce_type' = event.type;
`;
