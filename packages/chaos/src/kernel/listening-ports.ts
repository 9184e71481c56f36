import { readdir, readFile, readlink } from 'node:fs/promises';

/** The kernel's number for a socket that listens (include/net/tcp_states.h). */
const TCP_LISTEN = '0A';

/** The IPv4 ports on which a process listens; none when it is gone. */
export async function listeningPorts(pid: number): Promise<readonly number[]> {
  const sockets = await socketInodes(pid);
  const table = await readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '');
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === TCP_LISTEN && sockets.has(fields[9] ?? ''))
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16));
}

async function socketInodes(pid: number): Promise<ReadonlySet<string>> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
}
