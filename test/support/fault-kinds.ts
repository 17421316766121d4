import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, WholeAnswer } from './fault-exchange.ts';

/** How long `slow` holds an answer back: far within every deadline. */
const slowMs = 20;

/** What a service says with a refusal; the form is the one that most of them share. */
const refusals = {
  '401': { title: 'Unauthorized', message: 'The request you have made requires authentication.' },
  '429': { title: 'Too Many Requests', message: 'Slow down.' },
  '500': { title: 'Internal Server Error', message: 'The server has either erred or is incapable of it.' },
  '503': { title: 'Service Unavailable', message: 'The service is currently unavailable.' },
} as const;

type Translate = (answer: WholeAnswer) => Promise<WholeAnswer>;
type Act = (exchange: Exchange, translate: Translate) => Promise<void>;

/** What can be done to a call, each a thing that networks, load balancers and busy services do. */
export const faultActs = {
  /** The answer comes late, but within every deadline. */
  slow: async (exchange, translate) => {
    const answer = await translate(await exchange.forward());
    await sleep(slowMs);
    exchange.answer(answer);
  },
  /** The cloud acts at once, and the caller hears nothing until it gives up. */
  'late answer': async (exchange) => {
    await exchange.forward();
    await exchange.gaveUp;
  },
  /** The request lies about until its caller has given up, and reaches the cloud only then. */
  'late request': async (exchange) => {
    const body = await exchange.read();
    await exchange.gaveUp;
    await exchange.forward(body);
  },
  /** The connection breaks before the cloud has seen anything. */
  reset: async (exchange) => exchange.reset(),
  /** The connection breaks when a part of the content is through. Only for calls that bring content. */
  'reset in the body': async (exchange) => {
    await exchange.forwardBeginning();
    exchange.reset();
  },
  /** The cloud acts, and its answer is cut short. */
  truncated: async (exchange, translate) => exchange.answerHalf(await translate(await exchange.forward())),
  /** The cloud acts, and its answer is lost. */
  'lost answer': async (exchange) => {
    await exchange.forward();
    exchange.reset();
  },
  '401': refuse(401),
  '429': refuse(429),
  '500': refuse(500),
  '503': refuse(503),
} as const satisfies Record<string, Act>;

export type FaultKind = keyof typeof faultActs;

export const faultKinds = Object.keys(faultActs) as FaultKind[];

/** Turned away at the door: the cloud sees nothing of it. */
function refuse(status: 401 | 429 | 500 | 503): Act {
  return async (exchange) => {
    const { title, message } = refusals[status];
    const body = Buffer.from(JSON.stringify({ error: { code: status, title, message } }));
    exchange.answer({
      status,
      headers: {
        'content-type': 'application/json',
        'content-length': String(body.length),
        ...(status === 429 && { 'retry-after': '1' }),
      },
      body,
    });
  };
}
