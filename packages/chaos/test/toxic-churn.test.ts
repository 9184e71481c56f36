import { createRandom, type Random } from '@stormcart/core';
import { afterEach, expect, it } from 'vitest';
import { echo, fateOf, openRig, readBytes, type SocketRig } from './socket-rig.ts';

let rig: SocketRig;
afterEach(() => rig.close());

const SIZE = 400_000;
const CHANGES = 60;

/** Toxics that lose no byte, fast enough that a transfer is soon over. */
const drawAttributes = {
  latency: (random: Random) => ({ latency: random.integer(0, 5), jitter: random.integer(0, 5) }),
  bandwidth: (random: Random) => ({ rate: random.integer(5_000, 50_000) }),
  slicer: (random: Random) => {
    const average = random.integer(1, 3_000);
    return { average_size: average, size_variation: random.integer(0, average - 1) };
  },
  slow_close: (random: Random) => ({ delay: random.integer(0, 20) }),
  noop: () => ({}),
} as const;

type Lossless = keyof typeof drawAttributes;
const lossless = Object.keys(drawAttributes) as readonly Lossless[];

/** Adds, changes or removes one of a few toxics. */
async function changeSomething(random: Random): Promise<void> {
  const name = `t${random.integer(1, 4)}`;
  const there = rig.proxy.toxics.find((toxic) => toxic.name === name);
  if (there === undefined) {
    const type = random.pick(lossless);
    const stream = random.pick(['upstream', 'downstream'] as const);
    await rig.add(type, {
      name,
      stream,
      toxicity: random.pick([0.5, 1]),
      attributes: drawAttributes[type](random),
    });
  } else if (random.chance(0.5)) {
    await rig.proxy.removeToxic(name);
  } else {
    const attributes = drawAttributes[there.type as Lossless](random);
    rig.proxy.changeToxic(name, { toxicity: random.pick([0, 0.5, 1]), attributes });
  }
}

it.each([1, 2, 3, 4, 5, 6])(
  'loses, doubles and moves no byte while toxics come, change and go (seed %d)',
  async (seed) => {
    const random = createRandom(seed);
    rig = await openRig(echo, String(seed));
    const sent = Buffer.from(Array.from({ length: SIZE }, () => random.integer(0, 255)));
    const clients = await Promise.all(Array.from({ length: 3 }, () => rig.client()));
    const received = clients.map((client) => readBytes(client, SIZE));
    for (const client of clients) client.write(sent);
    for (let change = 0; change < CHANGES; change += 1) {
      await changeSomething(random);
      // Sometimes at once, sometimes when something has moved.
      await new Promise((resolve) => setTimeout(resolve, random.integer(0, 4)));
    }
    for (const back of await Promise.all(received)) expect(sent.equals(back)).toBe(true);
    const fates = clients.map((client) => fateOf(client, 20_000));
    for (const client of clients) client.end();
    expect(await Promise.all(fates)).toEqual(['end', 'end', 'end']);
  },
);
