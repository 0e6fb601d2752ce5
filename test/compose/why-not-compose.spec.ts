import { describe, expect, it } from '@jest/globals';
import { whyNotCompose } from './why-not-compose.js';

const noDocker = () => Promise.reject(new Error('spawn docker ENOENT\nand more'));
const aDocker = () => Promise.resolve();

describe('the tests of docker compose', () => {
  it('run where Docker can run the system', async () => {
    expect(await whyNotCompose({}, aDocker)).toBeUndefined();
    expect(await whyNotCompose({ HOLDFAST_TEST_CONTAINERS: '1' }, aDocker)).toBeUndefined();
  });

  it('are left out where Docker cannot, or no container is wanted, with the reason', async () => {
    expect(await whyNotCompose({}, noDocker)).toBe('spawn docker ENOENT');
    expect(await whyNotCompose({ HOLDFAST_TEST_CONTAINERS: '0' }, aDocker)).toBe('HOLDFAST_TEST_CONTAINERS=0');
  });

  it('fail where containers are demanded and Docker cannot', async () => {
    await expect(whyNotCompose({ HOLDFAST_TEST_CONTAINERS: '1' }, noDocker)).rejects.toThrow(
      'HOLDFAST_TEST_CONTAINERS=1, but Docker cannot run compose: spawn docker ENOENT',
    );
  });
});
