import type { RespondArguments } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/log.ts';
import { privately } from '../../src/slack/answer.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';

describe('answering through a response_url', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  /** Refuses so many times before it takes an answer. */
  function refusing(times: number) {
    const tries: unknown[] = [];
    const respond = (message: string | RespondArguments) => {
      tries.push(message);
      return tries.length <= times ? Promise.reject(new Error('503')) : Promise.resolve(new Response());
    };
    return { tries, tell: privately(respond, silentLogger()) };
  }

  it('tells one person and leaves the message that was clicked alone', async () => {
    const { tries, tell } = refusing(0);

    await tell(paragraph('hello'));

    expect(tries).toEqual([{ response_type: 'ephemeral', replace_original: false, ...paragraph('hello') }]);
  });

  it('tries again while Slack does not take it', async () => {
    const { tries, tell } = refusing(2);

    const answered = tell(paragraph('hello'));
    await vi.runAllTimersAsync();
    await answered;

    expect(tries).toHaveLength(3);
  });

  it('gives up after the third time, since a response_url takes five answers', async () => {
    const { tries, tell } = refusing(9);

    const answered = expect(tell(paragraph('hello'))).rejects.toThrow('503');
    await vi.runAllTimersAsync();
    await answered;

    expect(tries).toHaveLength(3);
  });
});
