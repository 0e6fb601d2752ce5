import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));

process.env.NODE_ENV = 'production';

/** The swimlane for pages without a server, to be rendered by Node: the chaos report. */
export default defineConfig({
  root: folder('page'),
  publicDir: false,
  cacheDir: folder('../../node_modules/.vite-stories'),
  oxc: { jsx: { runtime: 'automatic' } },
  build: {
    ssr: folder('page/stories/render-stories.tsx'),
    outDir: folder('../../dist/apps/console/stories'),
    emptyOutDir: true,
    minify: false,
  },
});
