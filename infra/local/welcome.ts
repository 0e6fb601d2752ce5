import type { Urls } from './instances.js';

/** What the operator reads when all is ready: where everything is, and a first charge to try. */
export function welcome(where: {
  seconds: string;
  urls: Urls;
  controlUrl: string;
  consoleToken: string;
  kafka?: { brokers: string; readerFile: string };
  logs: string;
  data: string;
}): string {
  const { urls } = where;
  const { console: consoleUrl, ...services } = urls.admin;
  const rows: [string, string][] = [
    ...(consoleUrl === undefined
      ? []
      : [['Console', `${consoleUrl}/#token=${where.consoleToken}`] satisfies [string, string]]),
    ["Stripe's API", urls.apis.join('  ')],
    ['Banks', `${urls.banksAdmin} (admin)`],
    ...Object.entries(services)
      .filter(([name]) => name !== 'bank-simulator')
      .map(([name, url]): [string, string] => [name, `${url} (admin)`]),
    ...(where.kafka
      ? [['Kafka', `${where.kafka.brokers}   to read: ${where.kafka.readerFile}`] satisfies [string, string]]
      : []),
    ['Supervisor', `${where.controlUrl}   npx holdfast ctl`],
    ['Logs', where.logs],
  ];
  return `
Holdfast is ready after ${where.seconds} s.

${rows.map(([what, place]) => `  ${what.padEnd(16)} ${place}`).join('\n')}

Try a charge (any sk_test_… key opens an account of its own):

  curl ${urls.api}/v1/charges -u sk_test_first: \\
    -H 'Idempotency-Key: first-charge' \\
    -d amount=2000 -d currency=usd -d source=tok_visa

Break something:   npx holdfast ctl kill ledger      npx holdfast ctl start ledger
Ctrl-C stops everything. What it has stored stays in ${where.data}.
`;
}
