import { describe, expect, it } from '@jest/globals';
import { chooseBackends } from './choice-of-backends.js';

const answers = (): Promise<void> => Promise.resolve();
const isNotThere = (): Promise<never> => Promise.reject(new Error('spawn docker ENOENT\nand more'));

describe('the Postgres and the Kafka of the real tests', () => {
  it('run in containers where Docker can run them', async () => {
    for (const wanted of [undefined, '', '1']) {
      const chosen = await chooseBackends({ HOLDFAST_TEST_CONTAINERS: wanted }, answers);
      expect(chosen).toEqual({ inContainers: true, line: expect.stringContaining('in containers') });
    }
  });

  it('come from the packages where it does not, and the line says so', async () => {
    const chosen = await chooseBackends({}, isNotThere);
    expect(chosen).toEqual({
      inContainers: false,
      line: expect.stringContaining('not in containers: spawn docker ENOENT'),
    });
  });

  it('fail where containers were asked for and Docker cannot run them', async () => {
    await expect(chooseBackends({ HOLDFAST_TEST_CONTAINERS: '1' }, isNotThere)).rejects.toThrow(
      'HOLDFAST_TEST_CONTAINERS=1, but Docker cannot run them: spawn docker ENOENT',
    );
  });

  it('are others where containers were declined or both are given, and Docker is not asked', async () => {
    const unasked = (): never => {
      throw new Error('asked');
    };
    expect(await chooseBackends({ HOLDFAST_TEST_CONTAINERS: '0' }, unasked)).toMatchObject({ inContainers: false });
    const given = { TEST_DATABASE_URL: 'postgres://there', TEST_KAFKA_BROKERS: 'there:9092' };
    expect(await chooseBackends(given, unasked)).toMatchObject({ line: expect.stringContaining('TEST_DATABASE_URL') });
  });
});
