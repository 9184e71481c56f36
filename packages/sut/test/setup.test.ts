import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function setUp(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(folder, 'tools/setup.mjs')], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

describe('setup', () => {
  it('says nothing and installs nothing where all is there', async () => {
    expect(await setUp(root)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  it('ends with exit code 4 and the command to type when the packages cannot be fetched', async () => {
    const clone = await mkdtemp(join(tmpdir(), 'stormcart-setup-'));
    try {
      await mkdir(join(clone, 'tools'));
      for (const file of ['package.json', 'package-lock.json', 'tools/setup.mjs']) {
        await copyFile(join(root, file), join(clone, file));
      }
      const offline = {
        npm_config_registry: 'http://127.0.0.1:9',
        npm_config_cache: join(clone, 'empty'),
        npm_config_fetch_retries: '0',
        npm_config_replace_registry_host: 'always',
      };
      const { exitCode, stderr } = await setUp(clone, offline);
      expect(exitCode).toBe(4);
      expect(stderr).toContain('setup: npm ci failed');
      expect(stderr).toMatch(/type: npm ci$/m);
    } finally {
      await rm(clone, { recursive: true, force: true });
    }
  });
});
