/**
 * The quickest server there is in Node: raw sockets, one fixed answer per request, in a process of its own. What is
 * measured beside it is then the client's cost. Tells its parent its port over IPC.
 */
import { createServer } from 'node:net';

const BODY = JSON.stringify({ id: 17, name: 'a product', priceCents: 1_999, available: 3 });
const ANSWER = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
);
const HEAD_END = Buffer.from('\r\n\r\n');

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    // No body is ever sent here: each blank line ends a request.
    let count = 0;
    for (let at = chunk.indexOf(HEAD_END); at !== -1; at = chunk.indexOf(HEAD_END, at + 4)) count += 1;
    if (count === 1) socket.write(ANSWER);
    else if (count > 1) socket.write(Buffer.concat(Array.from({ length: count }, () => ANSWER)));
  });
});
process.on('disconnect', () => process.exit());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
