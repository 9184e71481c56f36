import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const CHATTY = fileURLToPath(new URL('./fixture/chatty-process.ts', import.meta.url));

interface Report {
  readonly turnMsMax: number;
  readonly droppedCount: number;
}

it('drops and counts lines while nobody reads standard output, and never holds up the process', async () => {
  const child = spawn(process.execPath, [CHATTY], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const [report] = (await once(child, 'message')) as [Report];
    // A blocked write would last until somebody reads: for ever.
    expect(report.turnMsMax).toBeLessThan(1_000);
    expect(report.droppedCount).toBeGreaterThan(10_000);

    // Read again: what was kept arrives whole, and a line says how many are missing.
    child.send('read');
    const lines: { readonly msg: string; readonly droppedCount?: number }[] = [];
    const { stdout } = child;
    if (stdout === null) throw new Error('there is no pipe to read from');
    for await (const line of createInterface({ input: stdout })) {
      lines.push(JSON.parse(line) as (typeof lines)[number]);
    }
    const chatter = lines.filter(({ msg }) => msg === 'chatter').length;
    const dropped = lines.reduce((sum, { droppedCount = 0 }) => sum + droppedCount, 0);
    expect(lines.at(-1)?.msg).toBe('last');
    expect(dropped).toBe(report.droppedCount);
    expect(chatter + dropped).toBe(50_000);
  } finally {
    child.kill('SIGKILL');
  }
});
