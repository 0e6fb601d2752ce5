import { renderToStaticMarkup } from 'react-dom/server';
import type { ChargeTimeline } from '#charge-story';
import markStyle from '../parts/mark.css?inline';
import { Swimlane } from '../swimlane/swimlane.js';
import swimlaneStyle from '../swimlane/swimlane.css?inline';
import storyStyle from './stories.css?inline';

/** Steps through a story: what lies after the step is pale. */
const STEPS = `for (const story of document.querySelectorAll('.story')) {
  const step = story.querySelector('input');
  const rows = [...story.querySelectorAll('tbody tr')];
  step.addEventListener('input', () => rows.forEach((row, index) => row.classList.toggle('ahead', index > Number(step.value))));
}`;

/** Charges as swimlanes in a page that has no server: style, markup, and a script to step through them. */
export function renderStories(stories: readonly ChargeTimeline[]): string {
  if (stories.length === 0) return '';
  const markup = renderToStaticMarkup(
    <>
      {stories.map((story) => (
        <Story key={story.chargeId} story={story} />
      ))}
    </>,
  );
  return `<style>${markStyle}${swimlaneStyle}${storyStyle}</style>${markup}<script>${STEPS}</script>`;
}

function Story({ story }: { story: ChargeTimeline }) {
  const { chargeId, about, verdict, moments } = story;
  return (
    <details className="card story">
      <summary>
        <b>{chargeId}</b> {verdict}
      </summary>
      <p className="soft">{about}</p>
      <label>
        step{' '}
        <input
          type="range"
          min={0}
          max={moments.length - 1}
          defaultValue={moments.length - 1}
          aria-label={`step of ${chargeId}`}
        />
      </label>
      <Swimlane story={story} />
    </details>
  );
}
