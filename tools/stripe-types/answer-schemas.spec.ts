import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { repositoryRoot } from '../../infra/local/repository.js';
import { answerSchemasFile, answerSchemasText } from './served-objects.js';

it('are those of the installed stripe package (npm run docs writes them)', () => {
  expect(readFileSync(join(repositoryRoot, answerSchemasFile), 'utf8')).toBe(answerSchemasText());
});
