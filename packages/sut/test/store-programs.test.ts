import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, findRabbitmqHome, programSearch } from '../src/store/program-search.ts';
import { requireStorePrograms, storeRequirements } from '../src/store/store-programs.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-programs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function executable(path: string): Promise<string> {
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
  return path;
}

describe('programs of the stores', () => {
  it('are all found on this machine, with path and version', async () => {
    const requirements = await storeRequirements();
    for (const requirement of requirements) {
      expect(requirement.path, requirement.name).toMatch(/^\//);
      expect(requirement.version, requirement.name).toMatch(/\d|came with/);
    }
    const programs = await requireStorePrograms();
    expect(programs.mariadb.version).toMatch(/^\d+\.\d+/);
    expect(programs.rabbitmq.version).toMatch(/^\d+\.\d+/);
    expect(programs.rabbitmq.erlangVersion).toMatch(/^\d+/);
  });

  it('are reported together when missing, with the packages to install', async () => {
    const search = programSearch({ PATH: '/usr/bin', STORMCART_STORE_PATH: folder });
    await expect(requireStorePrograms(search)).rejects.toMatchObject({
      kind: 'environment',
      code: 'STORE_PROGRAM_MISSING',
      hint: expect.stringMatching(/mariadb.*rabbitmq.*redis/s),
      details: { missing: expect.arrayContaining(['mariadbd', 'redis-server', 'rabbitmq-server', 'erl']) },
    });
  });

  it('are called by the name they were found under, since some are links that go by it', async () => {
    const real = await executable(join(folder, 'many-in-one'));
    await symlink(real, join(folder, 'redis-server'));
    expect(await findProgram('redis-server', [folder])).toBe(join(folder, 'redis-server'));
  });

  it('are not files that cannot be run', async () => {
    await writeFile(join(folder, 'mariadbd'), 'notes');
    expect(await findProgram('mariadbd', [folder])).toBeUndefined();
  });

  it('include the newest RabbitMQ by number, not by letter', async () => {
    for (const version of ['3.9.13', '3.10.8', '3.8.2']) {
      const home = join(folder, `rabbitmq_server-${version}`);
      await mkdir(join(home, 'sbin'), { recursive: true });
      await mkdir(join(home, 'plugins'));
      await executable(join(home, 'sbin/rabbitmq-server'));
    }
    expect(await findRabbitmqHome([folder])).toBe(join(folder, 'rabbitmq_server-3.10.8'));
  });

  it('never include the wrapper on PATH, which has no plugins beside it', async () => {
    await mkdir(join(folder, 'sbin'));
    await executable(join(folder, 'sbin/rabbitmq-server'));
    expect(await findRabbitmqHome([folder])).toBeUndefined();
  });
});
