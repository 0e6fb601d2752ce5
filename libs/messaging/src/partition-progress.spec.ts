import { describe, expect, it } from '@jest/globals';
import { PartitionProgress } from './partition-progress.js';

describe('PartitionProgress', () => {
  it('commits behind the last batch whose predecessors have all ended', () => {
    const progress = new PartitionProgress();
    const endFirst = progress.begin(10);
    const endSecond = progress.begin(20);
    const endThird = progress.begin(30);
    endSecond();
    expect(progress.uncommitted).toBeUndefined();
    endFirst();
    expect(progress.uncommitted).toBe(20);
    progress.committed(20);
    expect(progress.uncommitted).toBeUndefined();
    endThird();
    expect(progress.uncommitted).toBe(30);
  });

  it('does not redeliver batches in progress when they are fetched again after a rejoin', () => {
    const progress = new PartitionProgress();
    expect(progress.firstNew(0)).toBe(0);
    progress.begin(10)();
    progress.committed(10);
    progress.begin(20);
    expect(progress.firstNew(10)).toBe(20);
  });

  it('skips a gap of deleted records', () => {
    const progress = new PartitionProgress();
    progress.begin(10)();
    expect(progress.firstNew(500)).toBe(500);
    progress.begin(501)();
    expect(progress.uncommitted).toBe(501);
  });

  it('lags by what is not processed up to the end of the log', () => {
    const progress = new PartitionProgress();
    expect(progress.lag).toBe(0);
    progress.firstNew(100);
    progress.endsAt(130);
    const endBatch = progress.begin(110);
    expect(progress.lag).toBe(30);
    endBatch();
    expect(progress.lag).toBe(20);
    progress.begin(130)();
    expect(progress.lag).toBe(0);
  });

  it('treats a log that restarts below the committed offset as a new log', () => {
    const progress = new PartitionProgress();
    const endOld = progress.begin(100);
    progress.begin(90 + 100)();
    endOld();
    progress.committed(190);
    expect(progress.firstNew(0)).toBe(0);
    progress.begin(5)();
    expect(progress.uncommitted).toBe(5);
  });
});
