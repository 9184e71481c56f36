/**
 * A controller to be killed by a test. Starts a child that has a child in its group and one in a session
 * of its own, registers a folder, prints one JSON line, and then does what its second argument says:
 * `wait` for ever, or `close` its supervisor.
 */
import { spawnSync } from 'node:child_process';
import { createSupervisor, pidsOfRun } from '../src/index.ts';

const [runId = '', then = 'wait', folder = ''] = process.argv.slice(2);
const supervisor = createSupervisor(runId);
supervisor.reaper.removeAfterDeath(folder);
const child = await supervisor.start({
  name: 'parent',
  command: '/bin/sh',
  args: ['-c', 'sleep 300 & setsid sleep 300 & wait'],
  env: { PATH: process.env['PATH'] ?? '' },
  workFolder: '/',
  logFile: `${folder}/parent.log`,
  ready: async () => {
    // The shell, its sleep, and the other session's.
    while ((await pidsOfRun(runId)).length < 3) spawnSync('sleep', ['0.01']);
  },
  readyTimeoutMs: 30_000,
  stopSignal: 'SIGTERM',
  stopTimeoutMs: 2_000,
  restart: { kind: 'never' },
});
process.stdout.write(`${JSON.stringify({ child: child.pid(), all: await pidsOfRun(runId) })}\n`);
if (then === 'wait') setInterval(() => undefined, 60_000);
else await supervisor.close();
