import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leasePort } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portsInUse, runCli, startCli } from './fixture/cli.ts';

let folder = '';
let backends: readonly Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-balance-cli-'));
  backends = await Promise.all(['one', 'two'].map(serveName));
});
afterAll(async () => {
  for (const server of backends) server.close();
  await rm(folder, { recursive: true });
});

function serveName(name: string): Promise<Server> {
  const server = createServer((_, response) => response.end(name));
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function configFile(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

/** Who answers so many requests, one after the other. */
async function answersOf(port: number, count: number): Promise<readonly string[]> {
  const answers: string[] = [];
  for (let index = 0; index < count; index += 1) {
    answers.push(await (await fetch(`http://127.0.0.1:${port}/index?secret=1`)).text());
  }
  return answers.toSorted();
}

describe('stormcart balance', () => {
  it('shares requests out by the weights of its flags until Ctrl-C, and leaves nothing behind', async () => {
    const [front, admin] = [await leasePort(), await leasePort()];
    const [one, two] = backends.map(portOf);
    const cli = startCli([
      'balance',
      '--listen',
      `127.0.0.1:${front.port}`,
      '--admin',
      `127.0.0.1:${admin.port}`,
      '--backend',
      `http://127.0.0.1:${one};weight=3`,
      '--backend',
      `http://127.0.0.1:${two}`,
    ]);
    await cli.said('Ctrl-C ends it');
    expect(await answersOf(front.port, 4)).toEqual(['one', 'one', 'one', 'two']);
    const states: unknown = await (await fetch(`http://127.0.0.1:${admin.port}/backends`)).json();
    expect(states).toMatchObject([{ name: `127.0.0.1:${one}` }, { name: `127.0.0.1:${two}` }]);
    cli.child.kill('SIGINT');
    const { code, stdout, stderr } = await cli.ended;
    expect(code).toBe(130);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject(
      Array.from({ length: 4 }, () => ({ path: '/index', status: 200, failure: null })),
    );
    expect(stderr).toContain(`2 back ends on http://127.0.0.1:${front.port}`);
    expect(await portsInUse([front.port, admin.port])).toEqual([]);
    await Promise.all([front.close(), admin.close()]);
  });

  it('does what a file says, and ends with 143 when it is terminated', async () => {
    const front = await leasePort();
    const [one] = backends.map(portOf);
    const pools = [{ name: 'all', prefixes: ['/'], backends: [{ name: 'only', port: one }] }];
    const config = { listen: { port: front.port }, health: 'off', pools };
    const cli = startCli(['balance', await configFile('good.json', JSON.stringify(config))]);
    await cli.said('Ctrl-C ends it');
    expect(await answersOf(front.port, 2)).toEqual(['one', 'one']);
    cli.child.kill('SIGTERM');
    expect((await cli.ended).code).toBe(143);
    await front.close();
  });

  it('ends with 4 where somebody else has its port', async () => {
    const [one] = backends.map(portOf);
    const { code, stderr } = await runCli([
      'balance',
      '--listen',
      `127.0.0.1:${one}`,
      '--backend',
      'http://127.0.0.1:9',
    ]);
    expect(stderr).toContain(`cannot listen on 127.0.0.1:${one}`);
    expect(code).toBe(4);
  });

  it('ends with 2 and says what is accepted where it is used wrongly', async () => {
    const pools = await configFile('pools.json', '{"listen": {"port": 0}, "pools": []}');
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--backend', 'https://127.0.0.1:9'], /such as http:\/\/127\.0\.0\.1:9001/],
      [[await configFile('broken.json', '{')], /cannot read .*broken\.json/],
      [[pools], /pools: /],
    ];
    const ended = await Promise.all(cases.map(([args]) => runCli(['balance', ...args])));
    for (const [index, { code, stdout, stderr }] of ended.entries()) {
      expect(stderr).toMatch(cases[index]?.[1] ?? /never/);
      expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    }
  });

  it('teaches in its help: default, algorithms, examples', async () => {
    const { code, stdout } = await runCli(['balance', '--help']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('(default: 127.0.0.1:8080)');
    for (const taught of ['least-connections', ';weight=3', 'balancer.json', '--admin'])
      expect(stdout).toContain(taught);
  });
});
