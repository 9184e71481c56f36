/**
 * A small HTTP server whose service time is known: log-normal with a median of 20 ms times the first argument and a
 * spread of 0.25 (p99 is 1.8 times the median). In a process of its own; tells its parent its port over IPC.
 */
import { createServer } from 'node:http';

const MEDIAN_MS = 20;
const SPREAD = 0.25;

const slowness = Number(process.argv[2] ?? 1);

/** Not seeded: every run of every build meets other customers. */
function serviceMs(): number {
  const normal = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  // Timers keep whole milliseconds: rounded by chance, the mean stays what it is.
  return Math.floor(MEDIAN_MS * slowness * Math.exp(SPREAD * normal) + Math.random());
}

const server = createServer((_, response) => {
  setTimeout(() => response.end('{}'), serviceMs());
});
process.on('disconnect', () => process.exit());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
