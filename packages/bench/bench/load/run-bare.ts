import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
/** As much as one read of a loopback socket usually brings. */
const READ_BYTES = 64 * 1_024;
/** An answer takes less than this by far; what has not come then is missing. */
const GRACE_MS = 500;

/**
 * What is left of an open loop when all but the schedule is taken away: Node's sockets, a timer of one millisecond, and
 * a request written for each arrival that is due. It parses, measures and books nothing, so no client in Node that keeps
 * this schedule costs less. How many answers came.
 */
export async function runBare(url: URL, perSecond: number, forMs: number): Promise<number> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const path = `${url.pathname}${url.search}`;
  const idle: Socket[] = [];
  const open = new Set<Socket>();
  const count = Math.round((perSecond * forMs) / 1_000);
  let answered = 0;

  const write = (socket: Socket, number: number): void => {
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${url.host}\r\nX-Request-Id: bare-${number}\r\n\r\n`,
      'latin1',
    );
  };
  const openFor = (number: number): void => {
    const socket: Socket = connect(
      {
        host: url.hostname,
        port: Number(url.port),
        noDelay: true,
        onread: {
          buffer,
          callback: (byteCount) => {
            // The bench's servers answer in one piece.
            const end = buffer.indexOf(HEAD_END, 0, 'latin1');
            if (end === -1 || end > byteCount) throw new Error('an answer came in pieces');
            answered += 1;
            idle.push(socket);
            return true;
          },
        },
      },
      () => write(socket, number),
    );
    open.add(socket);
  };

  await new Promise<void>((resolve) => {
    const zeroMs = performance.now();
    let sent = 0;
    const turn = (): void => {
      const nowMs = performance.now() - zeroMs;
      for (; sent < count && (sent * 1_000) / perSecond <= nowMs; sent += 1) {
        const socket = idle.pop();
        if (socket === undefined) openFor(sent);
        else write(socket, sent);
      }
      if (sent < count) setTimeout(turn, 1);
      else setTimeout(resolve, GRACE_MS);
    };
    turn();
  });
  for (const socket of open) socket.destroy();
  return answered;
}
