import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '#clock';
import { Metrics } from './metrics.js';

describe('metrics', () => {
  it('have separate registries, so that two services in one process do not collide', async () => {
    const [first, second] = [new Metrics(new SystemClock()), new Metrics(new SystemClock())];
    first.counter({ name: 'steps_total', help: 'Steps.', labels: ['outcome'] }).inc({ outcome: 'decided' }, 2);
    second.counter({ name: 'steps_total', help: 'Steps.' }).inc();
    expect(await first.text()).toContain('steps_total{outcome="decided"} 2');
    expect(await second.text()).toContain('steps_total 1');
  });

  it('collect a gauge’s value at every scrape', async () => {
    const metrics = new Metrics(new SystemClock());
    let pending = 1;
    metrics.gauge({ name: 'pending', help: 'Pending.' }, (gauge) => gauge.set(pending));
    expect(await metrics.text()).toContain('pending 1');
    pending = 7;
    expect(await metrics.text()).toContain('pending 7');
  });

  it('keep a gauge’s last value when collecting fails, and show the others', async () => {
    const metrics = new Metrics(new SystemClock());
    let ask = (): Promise<number> => Promise.resolve(3);
    metrics.gauge({ name: 'rows', help: 'Rows.' }, async (gauge) => gauge.set(await ask()));
    metrics.gauge({ name: 'pending', help: 'Pending.' }, (gauge) => gauge.set(7));
    expect(await metrics.text()).toContain('rows 3');
    ask = () => Promise.reject(new Error('the database is away'));
    expect(await metrics.text()).toMatch(/rows 3\n[^]*pending 7/);
  });

  it('wait a second for a value, and run no second query while the first is running', async () => {
    const metrics = new Metrics(new SystemClock());
    const answers: ((rows: number) => void)[] = [];
    metrics.gauge({ name: 'rows', help: 'Rows.' }, async (gauge) =>
      gauge.set(await new Promise<number>((resolve) => answers.push(resolve))),
    );
    expect(await metrics.text()).toContain('rows 0');
    expect(await metrics.text()).toContain('rows 0');
    expect(answers).toHaveLength(1);
    const text = metrics.text();
    answers[0]!(5);
    expect(await text).toContain('rows 5');
    expect(answers).toHaveLength(1);
  });

  it('have the process’s CPU time without labels', async () => {
    expect(await new Metrics(new SystemClock()).text()).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
  });

  it('reach from a millisecond to ten seconds', async () => {
    const metrics = new Metrics(new SystemClock());
    metrics.histogram({ name: 'took_seconds', help: 'Took.' }).observe(0.004);
    const text = await metrics.text();
    expect(text).toContain('took_seconds_bucket{le="0.001"} 0');
    expect(text).toContain('took_seconds_bucket{le="0.005"} 1');
    expect(text).toContain('took_seconds_bucket{le="10"} 1');
  });
});
