import { AppError } from '@stormcart/core';
import { expect, it } from 'vitest';
import { parseBalancerConfig } from './balancer-config.ts';

const issuesOf = (value: unknown): unknown => {
  try {
    parseBalancerConfig(value);
  } catch (error) {
    if (error instanceof AppError) return error.details.issues;
    throw error;
  }
  return [];
};

it('fills in every default from the least that can be written', () => {
  const config = parseBalancerConfig({
    listen: { port: 8080 },
    pools: [{ name: 'shop', prefixes: ['/'], backends: [{ name: 'shop/1', port: 9001 }] }],
  });
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 8080 });
  expect(config.pools[0]).toMatchObject({
    algorithm: 'round-robin',
    backends: [{ host: '127.0.0.1', weight: 1 }],
  });
  expect(config.health).toMatchObject({ path: '/readyz', riseCount: 2, fallCount: 3 });
});

it('reports every issue at once, with its path', () => {
  const backends = [
    { name: 'a', port: 1, weight: 0 },
    { name: 'a', port: 70_000 },
  ];
  const issues = issuesOf({
    listen: { port: 8080, prot: 1 },
    pools: [{ name: 'shop', prefixes: ['api'], algorithm: 'random', backends }],
  });
  const text = JSON.stringify(issues);
  for (const part of ['listen', 'prot', 'pools.0.prefixes.0', 'pools.0.algorithm', 'least-connections']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('pools.0.backends.0.weight');
  expect(text).toContain('pools.0.backends.1.port');
});

it('refuses a back end name or a prefix that is used twice', () => {
  const pool = {
    name: 'shop',
    prefixes: ['/', '/'],
    backends: [
      { name: 'a', port: 1 },
      { name: 'a', port: 2 },
    ],
  };
  expect(issuesOf({ listen: { port: 1 }, pools: [pool] })).toEqual([
    'pools.0.backends.1.name: a is used twice',
    'pools.0.prefixes.1: / is used twice',
  ]);
});
