import { describe, expect, it } from '@jest/globals';
import { sometimes } from '#checker';
import { countSometimes } from '../verdict/sometimes.js';
import { runFacts } from '../testing/run-facts.js';
import { campaignPage } from './campaign-page.js';
import { campaignInWords } from './campaign-words.js';
import { campaignOf, runWithoutVerdict, type CampaignRun } from './campaign.js';

const nothing = countSometimes(runFacts());
const reaching = (...ids: string[]) => nothing.map((each) => ({ ...each, times: ids.includes(each.id) ? 2 : 0 }));
const half = sometimes.slice(0, 10).map(({ id }) => id);
const rest = sometimes.slice(10).map(({ id }) => id);

const run = (different: Partial<CampaignRun> = {}): CampaignRun => ({
  title: 'Seed 7',
  command: 'npm run chaos -- --seed 7 --minutes 1',
  page: '../random-7/report.html',
  verdict: 'kept',
  why: '',
  requests: 900,
  charges: 400,
  faults: 20,
  quietAfterMs: 3_000,
  tookMs: 100_000,
  sometimes: reaching(...half),
  warningsUsed: {},
  ...different,
});
const campaign = (runs: CampaignRun[], different: Partial<Parameters<typeof campaignOf>[0]> = {}) =>
  campaignOf({
    command: 'npm run chaos -- --seed 7 --runs 2',
    beganAt: '2026-11-25T12:00:00.000Z',
    planned: 2,
    runs,
    mustReachAll: true,
    interrupted: false,
    ...different,
  });

describe('a campaign', () => {
  it('holds when its runs are sound and together reached every hard state', () => {
    const held = campaign([run(), run({ sometimes: reaching(...rest, half[0]!) })]);
    expect(held).toMatchObject({ state: 'held', unreached: [] });
    expect(held.sometimes[0]).toMatchObject({ times: 4, inRuns: 2 });
    expect(held.sometimes[1]).toMatchObject({ times: 2, inRuns: 1 });
  });

  it('fails for a hard state that no run reached, unless reaching it is optional', () => {
    const runs = [run(), run()];
    expect(campaign(runs)).toMatchObject({ state: 'failed' });
    expect(campaignInWords(campaign(runs))).toContain(`✗ never reached: ${sometimes[10]!.what}`);
    expect(campaign(runs, { mustReachAll: false })).toMatchObject({ state: 'held', unreached: [] });
  });

  it('fails for an expected warning of real processes that did not occur in ten runs', () => {
    const whole = (warningsUsed: Record<string, number>) =>
      campaign(
        Array.from({ length: 10 }, () => run({ sometimes: reaching(...half, ...rest), warningsUsed })),
        { planned: 10 },
      );
    expect(whole({ 'waiting-at-start': 1 })).toMatchObject({ state: 'held', unused: [] });
    expect(whole({ 'job-interrupted': 1 })).toMatchObject({ state: 'failed', unused: ['waiting-at-start'] });
    expect(campaignInWords(whole({}))).toContain('✗ expected and never provoked: the warning waiting-at-start');
  });

  it('fails for a broken run and for a run without a verdict, and names the folder of each', () => {
    const broken = run({ verdict: 'broken', why: 'broken: A1', kept: '/tmp/there' });
    const failed = runWithoutVerdict({ ...run(), why: 'Kafka did not start', kept: '/tmp/here' });
    const sound = run({ sometimes: reaching(...half, ...rest) });
    for (const [other, words] of [[broken, 'broken: A1'] as const, [failed, 'Kafka did not start'] as const]) {
      const of = campaign([sound, other]);
      expect(of.state).toBe('failed');
      expect(campaignInWords(of)).toContain(words);
      expect(campaignInWords(of)).toContain(`kept: ${other.kept}`);
    }
  });

  it('has no verdict before it is over', () => {
    expect(campaign([run()]).state).toBe('under way');
    expect(campaign([run()], { interrupted: true }).state).toBe('interrupted');
    expect(campaign([], { interrupted: true }).state).toBe('interrupted');
  });

  it('renders a page with links to its runs', () => {
    const page = campaignPage(campaign([run(), run({ verdict: 'broken', why: 'broken: <A1>' })]));
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    expect(page).toContain('href="../random-7/report.html"');
    expect(page).toContain('broken: &lt;A1&gt;');
  });
});
