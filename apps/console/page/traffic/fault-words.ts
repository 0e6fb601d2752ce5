import type { bankProtocol } from '#contracts';

/** What the bank does under a fault token, for a person. The types ask for a word on each new fault. */
export const faultWords: Readonly<Record<bankProtocol.FaultName, string>> = {
  latency: 'The bank answers a second late. The charge succeeds.',
  slow_drip: 'The bank’s answer trickles for too long. Doubt, then it is asked again.',
  hang: 'The bank does nothing and never answers. Doubt, then it is asked again.',
  error: 'The bank answers 500, which says nothing. Doubt, then it is asked again.',
  not_processed: 'The bank says that it has not processed it. It is asked again.',
  rate_limited: 'The bank asks for less. It is asked again after a pause.',
  reject: 'The bank cannot read the request. The operation ends.',
  outage: 'The connection is reset before the bank processes it. Doubt, then it is asked again.',
  cut: 'The bank performs it; its answer breaks off. Doubt, then it is asked again.',
  malformed: 'The bank performs it; its answer cannot be read. Doubt, then it is asked again.',
  drop_before: 'The connection breaks before the bank acts. Doubt, then it is asked again.',
  drop_after: 'The bank performs it; the connection breaks. Doubt, and yet it happens once.',
  late: 'The bank acts after the gateway has given up. Doubt, and yet it happens once.',
  duplicate: 'The bank performs it twice, where it remembers nothing. Reconciliation has it reversed.',
  inquiry_lag: 'The bank answers inquiries as of five seconds ago.',
  refuse: 'The bank refuses. An authorized charge is given back.',
  decline_after_timeout: 'The bank declines after the gateway has given up.',
};

type Operations = readonly bankProtocol.TokenOperation[];

const every: Operations = ['authorize', 'capture', 'void', 'refund', 'inquire'];
const movements: Operations = ['authorize', 'capture', 'void', 'refund'];
const narrower: Readonly<Partial<Record<bankProtocol.FaultName, Operations>>> = {
  inquiry_lag: ['inquire'],
  decline_after_timeout: ['authorize'],
  late: movements,
  duplicate: movements,
  refuse: movements,
};

/** Which operations a fault can strike by a token. */
export const operationsOf = (fault: bankProtocol.FaultName): Operations => narrower[fault] ?? every;
