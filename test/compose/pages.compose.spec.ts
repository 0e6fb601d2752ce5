import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '#testing';
import { repositoryRoot } from '../../infra/local/repository.js';
import { docker } from '../docker-images.js';
import { ClonedSystem, type Answer } from './clone.js';
import { before, printedCommands, tableRows } from './printed-commands.js';
import { expectedCommands } from './expected-commands.js';
import { whyNotCompose } from './why-not-compose.js';

const page = (name: string): string => readFileSync(join(repositoryRoot, name), 'utf8');
/** The first two screens. */
const readme = before('## What works', page('README.md'));
const tour = page('docs/tour.md');
/** As `npm start` has it, and as docker compose does. */
const rows = tableRows('| `npm start` | `docker compose up` |', tour);

const printed = [...printedCommands(readme), ...printedCommands(tour)];

const withDocker = (await whyNotCompose()) === undefined ? describe : describe.skip;

jest.setTimeout(180_000);

withDocker('README and tour under docker compose', () => {
  let system: ClonedSystem;
  let chargeId = '';
  let script = '';

  beforeAll(async () => {
    system = await ClonedSystem.make();
    await system.start('docker compose up');
  }, 900_000);
  afterAll(() => system?.remove());

  /** As it is printed; a log is where the tour's table says. */
  async function run({ language, text }: { language: 'sh' | 'js'; text: string }): Promise<Answer> {
    if (language === 'js') return system.script('charge.mjs', (script += text));
    const command = text
      .replace('ch_…', chargeId)
      .replace(/^(grep \w+) \.holdfast\/logs\/([\w-]+)\.log/, 'docker compose logs $2 | $1');
    const answer = await system.run(command);
    const [, told] = /"(?:id|charge)": "(ch_\w+)"/.exec(answer.text) ?? [];
    chargeId = told ?? chargeId;
    return answer;
  }

  it('runs each command of the pages', () => {
    expect(printed.map(({ text }) => text)).toEqual(
      expectedCommands.map(({ command }) => expect.stringMatching(command)),
    );
  });

  const known = expectedCommands.map((expected, index) => ({
    ...expected,
    at: index,
    title: printed[index]?.text.replaceAll(/ \\\n */g, ' ').split('\n')[0],
  }));
  it.each(known.filter(({ not }) => not === undefined))('$title', async ({ at, prints, withinMs = 0 }) => {
    const matches = prints!.map((each) => expect.stringMatching(each));
    await eventually(
      `what ${printed[at]!.text} prints is ${prints!.join(' and ')}`,
      async () => {
        const { text } = await run(printed[at]!);
        expect(matches.map((each) => (each.asymmetricMatch(text) ? each : text))).toEqual(matches);
        return true;
      },
      { timeoutMs: withinMs, everyMs: 500 },
    );
  });

  it('publishes the API, the console and four doors for operators on loopback, by default at 3000 to 3004 and 3010', async () => {
    for (const port of [3001, 3002, 3003, 3004, 3010])
      expect([port, (await fetch(system.url(port, '/health/ready'))).status]).toEqual([port, 200]);
    for (const port of [3001, 3002, 3003])
      expect(await (await fetch(system.url(port, '/metrics'))).text()).toContain('process_cpu_seconds_total');
    const { stdout } = await docker(['compose', '--env-file', '/dev/null', 'config', '--format', 'json'], {
      cwd: system.folder,
    });
    const { services } = JSON.parse(stdout) as {
      services: Record<string, { ports?: { host_ip: string; published: string; target: number }[] }>;
    };
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.map(({ host_ip, published, target }) => `${host_ip}:${published}:${target}`).toSorted()).toEqual(
      [3000, 3001, 3002, 3003, 3004, 3010].map((port) => `127.0.0.1:${port}:${port}`),
    );
  });

  it('draws a trace from the spans of all services', async () => {
    const { text } = await run({ language: 'sh', text: 'npx holdfast trace ch_…' });
    expect(text).toMatch(/^trace [0-9a-f]{32}, /);
    expect(text).toMatch(/ledger +process bank\.capture_succeeded/);
  });

  describe('without Node on the host, as the table of the tour has it', () => {
    const inContainers = rows.flatMap(([, command]) => command!.split(', '));

    it.each([
      ['docker compose run --rm holdfast', ' why ch_…', /^Succeeded: /m],
      ['docker compose kill ledger', '; docker compose ps --all', /ledger-1 .*Exited/],
      ['docker compose start ledger', '; docker compose ps', /ledger-1 .*Up/],
      ['docker compose pause ledger', '; docker compose ps', /ledger-1 .*Paused/],
      ['docker compose unpause ledger', '; docker compose ps', /ledger-1 .*healthy/],
      ['docker compose logs bank-gateway | grep breaker', '', /went from closed to open/],
    ])('%s%s', async (command, rest, prints) => {
      expect(inContainers).toContain(command);
      await eventually(
        `${command}${rest} prints ${prints}`,
        async () => {
          const { text } = await run({ language: 'sh', text: `${command}${rest}` });
          expect(text).toMatch(prints);
          return true;
        },
        { timeoutMs: 60_000, everyMs: 500 },
      );
    });

    it('leaves no row of the table untried', () => {
      expect(inContainers).toHaveLength(6);
    });
  });

  describe('holdfast ctl', () => {
    it('lists containers, and freezes, thaws and restarts one until it is ready', async () => {
      const ctl = async (words: string) => (await run({ language: 'sh', text: `npx holdfast ctl ${words}` })).text;
      expect(await ctl('freeze bank-gateway')).toMatch(/^bank-gateway +frozen/);
      expect(await ctl('')).toMatch(/^bank-gateway +frozen.*^postgres +ready/ms);
      expect(await ctl('thaw bank-gateway')).toMatch(/^bank-gateway +ready/);
      expect(await ctl('restart payments-api')).toMatch(/^payments-api +ready/);
      expect(await ctl('kill ledger --restart')).toMatch(/^ledger +ready/);
    });

    it('answers a mistake with a sentence', async () => {
      const told = await run({ language: 'sh', text: 'npx holdfast ctl kil ledger' });
      expect(told).toEqual({ code: 2, text: expect.stringContaining('did you mean kill?') });
      expect(await run({ language: 'sh', text: 'npx holdfast ctl kill leger' })).toEqual({
        code: 2,
        text: 'docker compose kill leger: no such service: leger\n',
      });
    });
  });
});
