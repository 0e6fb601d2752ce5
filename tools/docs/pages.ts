import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sagaTable } from '../../libs/contracts/src/saga-table.js';
import { repositoryRoot } from '../../infra/local/repository.js';
import { asyncApiOf } from './asyncapi.js';
import { drawSaga } from './draw-saga.js';
import { durationsPage } from './durations.js';
import { eventsPage } from './events-page.js';
import { inserted } from './inserted.js';
import { metricsPage } from './metrics-page.js';
import { terminalPicture } from './terminal-picture.js';
import { herdPicture } from './thundering-herd.js';

/** Every generated page of docs/, by file name. */
export function pagesOf(): Readonly<Record<string, string>> {
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as { version: string };
  return {
    'saga.md': drawSaga(sagaTable),
    'asyncapi.json': `${JSON.stringify(asyncApiOf(version), null, 2)}\n`,
    'events.html': eventsPage(),
    'durations.md': durationsPage(),
    'metrics.md': metricsPage(),
    'patterns.md': inserted(readFileSync(join(repositoryRoot, 'docs', 'patterns.md'), 'utf8')),
    'terminal.svg': terminalPicture(),
    'thundering-herd.svg': herdPicture(),
  };
}
