import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acceptsConnections, leasePort, type PortLease } from '@stormcart/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portsInUse, runCli, startCli } from './fixture/cli.ts';

let folder = '';
let lease: PortLease;
/** Somebody else's port. */
let blocker: Server;
let taken = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormcart-proxy-cli-'));
  lease = await leasePort();
  blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  taken = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  await new Promise((resolve) => blocker.close(resolve));
  await lease.close();
  await rm(folder, { recursive: true });
});

async function configFile(name: string, content: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${lease.port}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status === 204 ? undefined : response.json();
}

describe('stormcart proxy', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, and leaves nothing behind', async (signal) => {
    const config = await configFile(
      'proxies.json',
      JSON.stringify([{ name: 'echo', listen: '127.0.0.1:0', upstream: `127.0.0.1:${taken}` }]),
    );
    const listen = `127.0.0.1:${lease.port}`;
    const cli = startCli(['proxy', '--listen', listen, '--config', config, '--seed', '7', '--json']);
    await cli.said('Ctrl-C ends it');
    expect(await call('GET', '/version')).toEqual({ version: expect.stringContaining('stormcart') });
    const { echo } = (await call('GET', '/proxies')) as { readonly echo: { readonly listen: string } };
    const port = Number(echo.listen.split(':')[1]);
    expect(await acceptsConnections('127.0.0.1', port)).toBe(true);
    await call('POST', '/proxies/echo/toxics', { type: 'down' });
    expect(await acceptsConnections('127.0.0.1', port)).toBe(false);
    await call('DELETE', '/proxies/echo/toxics/down_downstream');
    cli.child.kill(signal);
    const { code, stdout, stderr } = await cli.ended;
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(JSON.parse(stdout)).toEqual({
      api: listen,
      proxies: [expect.objectContaining({ name: 'echo', listen: echo.listen, enabled: true })],
    });
    expect(stderr).toContain('echo: toxic down_downstream added');
    expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(await portsInUse([lease.port, port])).toEqual([]);
  });

  it('ends with 4 and names the port where somebody else has it', async () => {
    const config = await configFile(
      'taken.json',
      JSON.stringify([{ name: 'late', listen: `127.0.0.1:${taken}`, upstream: '127.0.0.1:1' }]),
    );
    const [api, proxy] = await Promise.all([
      runCli(['proxy', '--listen', `127.0.0.1:${taken}`]),
      runCli(['proxy', '--listen', '127.0.0.1:0', '--config', config]),
    ]);
    for (const { code, stdout, stderr } of [api, proxy]) {
      expect(stderr).toContain(`listen tcp 127.0.0.1:${taken}: bind: address already in use`);
      expect(stderr).toContain(`ss -ltnp 'sport = :${taken}'`);
      expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
      expect(stdout).toBe('');
      expect(code).toBe(4);
    }
  });

  it('ends with 2 and says what is accepted where it is used wrongly', async () => {
    const listen = ['--listen', '127.0.0.1:0'];
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [['--listen', 'nonsense'], /an address such as 127\.0\.0\.1:8474/],
      [['--seed', 'x'], /whole number/],
      [['--sede', '7'], /Did you mean --seed\?/],
      [[...listen, '--config', '/nonexistent.json'], /\/nonexistent\.json/],
      [[...listen, '--config', await configFile('broken.json', '[{')], /broken\.json: bad request body: /],
      [
        [...listen, '--config', await configFile('nameless.json', '[{"upstream":"a:1"}]')],
        /nameless\.json: missing required field: name at proxy 1/,
      ],
    ];
    const ended = await Promise.all(cases.map(([args]) => runCli(['proxy', ...args])));
    for (const [index, { code, stdout, stderr }] of ended.entries()) {
      expect(stderr).toMatch(cases[index]?.[1] ?? /never/);
      expect(stderr).not.toMatch(/\n\s+at .*\.ts:\d+/);
      expect(stdout).toBe('');
      expect(code).toBe(2);
    }
  });

  it('teaches in its help: default, examples, toxics', async () => {
    const { code, stdout } = await runCli(['proxy', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('(default: 127.0.0.1:8474)');
    for (const taught of ['curl -d', '--config proxies.json', 'average_size', 'ttl', 'Toxiproxy client']) {
      expect(stdout).toContain(taught);
    }
  });
});
