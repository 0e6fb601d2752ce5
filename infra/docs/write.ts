// npm run docs: writes the pages that are drawn from code.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sagaTable } from '../../libs/contracts/src/saga-table.js';
import { repositoryRoot } from '../local/repository.js';
import { drawSaga } from './draw-saga.js';

await writeFile(join(repositoryRoot, 'docs', 'saga.md'), drawSaga(sagaTable));
