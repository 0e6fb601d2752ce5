import { describe, expect, it } from '@jest/globals';
import { UnreadAnswers, type UnreadAnswer } from './unread-answers.js';

function answersUnderTest() {
  const dropped: string[] = [];
  let counted = 0;
  const unread = new UnreadAnswers(100, () => counted++);
  const connection = (name: string) => ({ destroy: () => dropped.push(name) });
  const add = (account: string, on: string | UnreadAnswer['connection'], bytes: number): UnreadAnswer => {
    const answer = { account, bytes, connection: typeof on === 'string' ? connection(on) : on };
    unread.add(answer);
    return answer;
  };
  return { unread, dropped, connection, add, counted: () => counted };
}

describe('answers that are not read', () => {
  it('stay within their bytes: the account that holds the most loses its oldest connection', () => {
    const { unread, dropped, add, counted } = answersUnderTest();
    add('quiet', 'quiet 1', 10);
    for (let n = 1; n <= 5; n++) add('greedy', `greedy ${n}`, 30);
    add('quiet', 'quiet 2', 10);
    expect(dropped).toEqual(['greedy 1', 'greedy 2', 'greedy 3']);
    expect([unread.bytes, counted()]).toEqual([80, 3]);
  });

  it('are gone together, when they wait on one connection', () => {
    const { unread, dropped, connection, add, counted } = answersUnderTest();
    const pipelined = connection('pipelined');
    add('greedy', pipelined, 40);
    add('greedy', 'another', 20);
    add('greedy', pipelined, 50);
    expect(dropped).toEqual(['pipelined']);
    expect([unread.bytes, counted()]).toEqual([20, 1]);
  });

  it('count no longer once they are taken, or their connection is gone', () => {
    const { unread, dropped, add } = answersUnderTest();
    const answer = add('a', 'one', 90);
    unread.remove(answer);
    unread.remove(answer);
    expect(unread.bytes).toBe(0);
    add('a', 'two', 90);
    expect(dropped).toEqual([]);
  });
});
