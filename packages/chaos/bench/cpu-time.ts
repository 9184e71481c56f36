import { readdir, readFile } from 'node:fs/promises';

/** Nanoseconds that all threads of a process have run (proc(5), schedstat: the first of three numbers). */
export async function cpuNs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const texts = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')),
  );
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]), 0);
}

/** Bytes of memory that a process has in use (proc(5), statm: pages of 4 KiB). */
export async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ');
  return Number(pages) * 4_096;
}
