import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebhookReceiver } from '../testing/webhook-receiver.js';
import { HttpWebhookSender } from './http-webhook-sender.client.js';
import { stripeSignature } from './signature.js';

let receiver: WebhookReceiver;
const open = new HttpWebhookSender({ refusesPrivate: false });
const strict = new HttpWebhookSender({ refusesPrivate: true });
beforeAll(async () => {
  receiver = await WebhookReceiver.open();
  receiver.secret = 'whsec_1';
});
afterAll(() => Promise.all([open.close(), strict.close(), receiver.close()]));

const body = JSON.stringify({ id: 'evt_1', object: 'event' });
const request = (url: string) => ({
  url,
  body,
  signature: stripeSignature(body, ['whsec_1'], Math.floor(Date.now() / 1_000)),
});
const never = new AbortController().signal;

describe('the way to a webhook endpoint', () => {
  it('posts the signed body, with the query of the URL', async () => {
    expect(await open.send(request(receiver.url), never)).toEqual({ status: 200, error: null });
    expect([receiver.ids, receiver.rejected]).toEqual([['evt_1'], []]);
  });

  it('follows no redirect', async () => {
    receiver.answers = { status: 307, headers: { location: receiver.url } };
    expect(await open.send(request(receiver.url), never)).toEqual({ status: 307, error: null });
    expect(receiver.ids).toHaveLength(2);
    receiver.answers = { status: 200 };
  });

  it('says why there was no answer', async () => {
    const late = new AbortController();
    receiver.answers = null;
    const sent = open.send(request(receiver.url), late.signal);
    late.abort();
    expect(await sent).toEqual({ status: null, error: 'It did not answer in time.' });
    receiver.answers = { status: 200 };
    expect(await open.send(request('http://127.0.0.1:1/'), never)).toMatchObject({
      status: null,
      error: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0x7f000001', '10.0.0.1', '169.254.169.254'])(
    'sends nothing to %s in strict mode',
    async (host) => {
      const { port } = new URL(receiver.url);
      const before = receiver.ids.length;
      expect(await strict.send(request(`http://${host}:${port}/`), never)).toMatchObject({
        status: null,
        error: expect.stringContaining('strict mode sends nothing'),
      });
      expect(receiver.ids).toHaveLength(before);
    },
  );
});
