import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Injectable } from '@nestjs/common';

/** Where `npm run build` puts the page: `dist/apps/console/page`. */
const BUILT = fileURLToPath(new URL('../../page', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface PageFile {
  readonly type: string;
  readonly content: Buffer;
}

/** The built page, read once: a request can name no other file. */
@Injectable()
export class PageFiles {
  readonly #files: ReadonlyMap<string, PageFile>;

  constructor() {
    this.#files = new Map(
      namesIn(BUILT).flatMap((name): [string, PageFile][] => {
        const type = types[extname(name)];
        return type === undefined ? [] : [[name, { type, content: readFileSync(join(BUILT, name)) }]];
      }),
    );
  }

  find(name: string): PageFile | undefined {
    return this.#files.get(name);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return []; // not built, as in tests of the server alone
  }
}
