import type { ChargeTimeline } from '#charge-story';

/** Built by `npm run build`, beside this file's own build: the console's swimlane for pages without a server. */
const RENDERER = new URL('../../../../apps/console/stories/render-stories.js', import.meta.url).href;

export async function storiesInHtml(stories: readonly ChargeTimeline[]): Promise<string> {
  if (stories.length === 0) return '';
  const { renderStories } = (await import(RENDERER)) as Renderer;
  return renderStories(stories);
}

interface Renderer {
  readonly renderStories: (stories: readonly ChargeTimeline[]) => string;
}
