/**
 * The least that a pass-through in Node can do, to compare with: `node bare-main.ts HOST PORT` listens on a free port,
 * tells it to its parent, and carries every connection to HOST:PORT. Ends when its parent goes.
 */
import { connect, createServer, type Socket } from 'node:net';

const [host = '127.0.0.1', port = '0'] = process.argv.slice(2);

const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
  const upstream = connect({ host, port: Number(port), allowHalfOpen: true, noDelay: true });
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
  upstream.once('connect', () => {
    carry(client, upstream);
    carry(upstream, client);
  });
});
server.maxConnections = 10_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () => process.send?.(server.address()));
process.on('disconnect', () => process.exit(0));

/** Cheaper than `pipe`: no bookkeeping of several readers. */
function carry(source: Socket, sink: Socket): void {
  source.on('data', (chunk) => {
    if (!sink.write(chunk)) source.pause();
  });
  sink.on('drain', () => source.resume());
  source.once('end', () => sink.end());
  source.once('close', () => sink.destroy());
  source.resume();
}
