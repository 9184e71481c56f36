import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const packagesFolder = fileURLToPath(new URL('../../', import.meta.url));

/** Who may import whom. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  balancer: ['core'],
  chaos: ['core'],
  sut: ['core', 'balancer'],
  bench: ['core', 'balancer', 'chaos', 'sut'],
};

interface Import {
  readonly file: string;
  readonly from: string;
}

function importsOf(name: string): readonly Import[] {
  const root = join(packagesFolder, name);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('node_modules'))
    .flatMap((path) => {
      const file = join(root, path);
      const text = readFileSync(file, 'utf8');
      const specifiers = text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)['"]([^'"\n]+)['"]/g);
      return [...specifiers].map((match) => ({ file: relative(packagesFolder, file), from: match[1] ?? '' }));
    });
}

describe.each(Object.entries(allowed))('package %s', (name, mayImport) => {
  const imports = importsOf(name);

  it('has imports to look at', () => {
    expect(imports.length).toBeGreaterThan(0);
  });

  it('imports only the packages it may', () => {
    const wrong = imports.filter(({ file, from }) => {
      const other = /^@stormcart\/([^/]+)/.exec(from)?.[1];
      // Tests and benchmarks may look at their own package from outside.
      if (other === name && /^[^/]+\/(?:test|bench)\//.test(file)) return false;
      return other !== undefined && !mayImport.includes(other);
    });
    expect(wrong).toEqual([]);
  });

  it('reaches other packages only through their public face', () => {
    const deep = imports.filter(({ from }) => /^@stormcart\/[^/]+\/./.test(from));
    const outside = imports.filter(({ file, from }) => {
      if (!from.startsWith('.')) return false;
      const target = relative(join(packagesFolder, name), join(packagesFolder, file, '..', from));
      return target.startsWith('..');
    });
    expect([...deep, ...outside]).toEqual([]);
  });

  it('has a public face of named re-exports only', () => {
    const text = readFileSync(join(packagesFolder, name, 'src/index.ts'), 'utf8');
    const rest = text
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .replaceAll(/export\s+(?:type\s+)?\{[^}]*\}\s*from\s*'[^']+';/g, '')
      .trim();
    expect(rest).toBe('');
  });
});

it('lets of bench only the command that serves the balancer know it', () => {
  const files = importsOf('bench')
    .filter(({ from }) => from === '@stormcart/balancer')
    .map(({ file }) => file);
  expect([...new Set(files)]).toEqual(['bench/src/cli/command/balance.ts']);
});

it('lets no service of the shop see the world, the boot or the stores around it', () => {
  const services = importsOf('sut').filter(({ file }) =>
    /sut\/src\/(catalog|account|orders|worker|service|policy)\//.test(file),
  );
  const outward = services.filter(({ from }) => /\/(world|boot|store)\//.test(from));
  expect(outward).toEqual([]);
});
