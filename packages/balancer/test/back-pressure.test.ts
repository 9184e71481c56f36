import { expect, it } from 'vitest';
import { rawClient, startBackend, untilStill } from './rig.ts';
import { closeAfterEach } from './scope.ts';

const { keep, rigOn } = closeAfterEach();

const host = 'Host: shop\r\n';

it('sends a large answer to a slow reader without keeping it in memory', async () => {
  const part = Buffer.alloc(64 * 1024, 'x');
  const partCount = 1_600;
  let producedBytes = 0;
  const backend = await startBackend((_, outgoing) => {
    let left = partCount;
    const produce = (): void => {
      for (; left > 0; left -= 1) {
        producedBytes += part.length;
        if (!outgoing.write(part)) {
          left -= 1;
          outgoing.once('drain', produce);
          return;
        }
      }
      outgoing.end();
    };
    produce();
  });
  const rig = await rigOn([keep(backend).port]);
  const client = rawClient(rig.port);
  client.socket.pause();
  client.write(`GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`);
  // What the back end could get rid of while nobody reads lies in socket buffers and in the balancer.
  await untilStill(() => producedBytes);
  expect(producedBytes).toBeLessThan(30 * 1024 * 1024);
  let receivedBytes = 0;
  client.socket.removeAllListeners('data').on('data', (chunk) => {
    receivedBytes += chunk.length;
  });
  client.socket.resume();
  expect(await client.ended).toBe('end');
  expect(receivedBytes).toBeGreaterThan(partCount * part.length);
});

it('sends a large body to a slow back end without keeping it in memory', async () => {
  const release = Promise.withResolvers<undefined>();
  let receivedBytes = 0;
  const backend = await startBackend((incoming, outgoing) => {
    void release.promise.then(() => incoming.resume());
    incoming.on('data', (part: Buffer) => {
      receivedBytes += part.length;
    });
    incoming.on('end', () => outgoing.end(String(receivedBytes)));
    incoming.pause();
  });
  const rig = await rigOn([keep(backend).port], { limits: { bodyBytesMax: 1024 ** 3 } });
  const client = rawClient(rig.port);
  const part = Buffer.alloc(64 * 1024, 'x');
  const total = 1_600 * part.length;
  client.write(`POST / HTTP/1.1\r\n${host}Content-Length: ${total}\r\nConnection: close\r\n\r\n`);
  let sentBytes = 0;
  const send = (): void => {
    while (sentBytes < total) {
      sentBytes += part.length;
      if (!client.socket.write(part)) {
        client.socket.once('drain', send);
        return;
      }
    }
  };
  send();
  await untilStill(() => sentBytes);
  expect(sentBytes).toBeLessThan(30 * 1024 * 1024);
  release.resolve(undefined);
  expect(await client.ended).toBe('end');
  expect(client.text().endsWith(`\r\n\r\n${total}`)).toBe(true);
});
