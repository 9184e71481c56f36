import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository, runCli } from './fixture/cli.ts';

const scenario = join(repository, 'scenarios/steady.yaml');

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-environment-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a machine that cannot run a drill', () => {
  it('names the server programs that are missing and what to type, and ends with 4', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    const { code, stdout, stderr } = await runCli(['run', scenario, '--out', folder], {
      env: { STORMCART_STORE_PATH: empty },
    });
    expect(stderr).toMatch(/missing on this machine: .*mariadbd.*redis-server.*rabbitmq-server/);
    expect(stderr).toMatch(/apt-get install|dnf install|pacman -S|brew install/);
    expect(stdout).toBe('');
    expect(code).toBe(4);
  });

  it('is told by doctor what each missing program disables', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    const { code, stdout } = await runCli(['doctor'], { env: { STORMCART_STORE_PATH: empty } });
    expect(stdout).toMatch(/missing\s+redis-server\s+without it: \S+/);
    expect(code).toBe(4);
  });

  it.each(['/proc/stormcart', '/dev/null/stormcart'])(
    'is told that nothing can be written to %s',
    async (out) => {
      const { code, stderr } = await runCli(['run', scenario, '--out', out], { cwd: folder });
      expect(stderr).toContain(out);
      expect(stderr).toContain('--out');
      expect(code).toBe(4);
    },
  );

  it('is told that its disk is full before anything boots', async (context) => {
    const disk = await mkdtemp(join(folder, 'disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      const { code, stderr } = await runCli(['run', scenario], { cwd: disk });
      expect(stderr).toMatch(/\d+ MiB left, a drill needs \d+ MiB/);
      expect(stderr).toContain('stormcart clean');
      expect(stderr).not.toContain('ready');
      expect(code).toBe(4);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

it('leaves no run folder behind for drills that never began', async () => {
  const runs = (await readdir(folder)).filter((name) => name.endsWith('-steady'));
  expect(runs).toEqual([]);
  expect(existsSync(join(folder, '.stormcart', 'live'))).toBe(false);
});
