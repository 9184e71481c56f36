import { readFile, readlink } from 'node:fs/promises';

/**
 * Names the network that loopback addresses of this process are of: this boot of this machine, and the network
 * namespace. Undefined where the system does not tell.
 */
export async function thisMachine(): Promise<string | undefined> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${await readlink('/proc/self/ns/net')}`;
  } catch {
    return undefined;
  }
}

/** Whether the address is another machine's own on each machine. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
