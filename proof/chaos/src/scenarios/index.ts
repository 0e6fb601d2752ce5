import { answerLost } from './answer-lost.js';
import { bankOutage } from './bank-outage.js';
import { blackFriday } from './black-friday.js';
import { captureRacesCancel } from './capture-races-cancel.js';
import { frozenLeader } from './frozen-leader.js';
import { kafkaDown } from './kafka-down.js';
import { postgresRestart } from './postgres-restart.js';
import type { Scenario } from './scenario.js';

export const scenarios: readonly Scenario[] = [
  bankOutage,
  kafkaDown,
  postgresRestart,
  frozenLeader,
  captureRacesCancel,
  answerLost,
  blackFriday,
];
