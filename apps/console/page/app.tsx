import { useEffect, useSyncExternalStore, type ComponentType, type MouseEvent } from 'react';
import { BanksPage } from './banks/banks-page.js';
import { ChargesPage } from './charges/charges-page.js';
import { AccessContext, useAccess } from './live/use-access.js';
import { useLive } from './live/stream.js';
import { LeasesPage } from './leases/leases-page.js';
import { LedgerPage } from './ledger/ledger-page.js';
import { NowPage } from './now/now-page.js';
import { Mark } from './parts/mark.js';
import { ThemeSwitch } from './parts/theme.js';
import { TrafficPage } from './traffic/traffic-page.js';

const pages: readonly { name: string; title: string; Page: ComponentType<{ of: string | undefined }> }[] = [
  { name: 'now', title: 'Now', Page: NowPage },
  { name: 'banks', title: 'Banks', Page: BanksPage },
  { name: 'charges', title: 'Charges', Page: ChargesPage },
  { name: 'traffic', title: 'Traffic', Page: TrafficPage },
  { name: 'ledger', title: 'Ledger', Page: LedgerPage },
  { name: 'leases', title: 'Leases', Page: LeasesPage },
];

/** `#/charges/ch_1` is the page `charges` of `ch_1`. */
const useRoute = (): [string, string | undefined] => {
  const hash = useSyncExternalStore(
    (listener) => {
      addEventListener('hashchange', listener);
      return () => removeEventListener('hashchange', listener);
    },
    () => location.hash,
  );
  const [name = '', of] = hash.replace(/^#\/?/, '').split('/');
  return [name, of === undefined ? undefined : decodeURIComponent(of)];
};

export function App() {
  const [name, of] = useRoute();
  const access = useAccess();
  const { title, Page } = pages.find((page) => page.name === name) ?? pages[0]!;
  useEffect(() => {
    document.title = `${title} · Holdfast console`;
  }, [title]);
  return (
    <AccessContext value={access}>
      <a className="skip" href="#content" onClick={skipToContent}>
        Skip to the content
      </a>
      <header>
        <span className="name">Holdfast</span>
        <nav aria-label="Pages">
          {pages.map((page) => (
            <a key={page.name} href={`#/${page.name}`} aria-current={page.title === title ? 'page' : undefined}>
              {page.title}
            </a>
          ))}
        </nav>
        <Connection />
        <span className="access" title="A link with a token, printed by the start, lets this page change something.">
          {access === undefined ? '' : access ? 'may act' : 'read only'}
        </span>
        <ThemeSwitch />
      </header>
      <main id="content" tabIndex={-1}>
        <h1>{title}</h1>
        {access === false && (
          <p className="note">
            Read only. To break something, open the console by the link that the start has printed; under compose:{' '}
            <code>docker compose logs console</code>.
          </p>
        )}
        <Page of={of} />
      </main>
    </AccessContext>
  );
}

/** A fragment would be taken for a page. */
function skipToContent(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function Connection() {
  const { connection } = useLive();
  const words = { connecting: 'connecting', live: 'live', lost: 'connection lost' };
  const kinds = { connecting: 'none', live: 'good', lost: 'bad' } as const;
  return (
    <span className="connection" role="status">
      <Mark kind={kinds[connection]} />
      {words[connection]}
    </span>
  );
}
