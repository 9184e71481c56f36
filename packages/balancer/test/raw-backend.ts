import { createServer, type Server, type Socket } from 'node:net';
import { listenOn } from './rig.ts';

/** A back end that answers probes and leaves everything else to the test, bytes and all. */
export interface RawBackend {
  readonly port: number;
  readonly requests: string[];
  close(): Promise<void>;
}

export async function rawBackend(
  onRequest: (socket: Socket, text: string, count: number) => void,
): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.startsWith('GET /readyz')) {
        socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      requests.push(text);
      onRequest(socket, text, requests.length);
    });
  });
  const port = await listenOn(server);
  return {
    port,
    requests,
    close: async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
