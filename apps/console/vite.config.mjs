import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

// Tests, and an operator's shell, may say otherwise: then React's development build would be taken.
process.env.NODE_ENV = 'production';

/** The console's page. It is built without network, and takes nothing from elsewhere at run time. */
export default defineConfig({
  root: folder('page'),
  base: '/',
  publicDir: false,
  cacheDir: folder('../../node_modules/.vite-console'),
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    outDir: folder('../../dist/apps/console/page'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    reportCompressedSize: false,
    // An inlined picture would be refused by the page's own policy.
    assetsInlineLimit: 0,
  },
});
