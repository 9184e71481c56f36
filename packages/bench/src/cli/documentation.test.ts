import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { commands } from './command/command-table.ts';
import type { CommandContext } from './command-line.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const read = (file: string): string => readFileSync(`${repository}${file}`, 'utf8');

const program = new Command();
for (const add of commands) add(program, {} as CommandContext);

/** Command lines as somebody would type or copy them, on lines of their own and in the middle of a text. */
function commandLinesOf(text: string): readonly string[] {
  const own = text.matchAll(/^[ $\t-]*(?:run: )?npx stormcart ([^\n#>|&]*)/gm);
  const inText = text.matchAll(/`(?:npx )?stormcart ([a-z][^`\n]*)`/g);
  return [...own, ...inText].map(([, line = '']) => line.trim());
}

describe.each([
  'docs/ci.md',
  'docs/control.md',
  'docs/dashboard.md',
  'docs/report.md',
  '.github/workflows/drill.yml',
  'README.md',
])('%s', (file) => {
  it.each(commandLinesOf(read(file)))('can be followed: stormcart %s', (line) => {
    const [name, ...words] = line.split(/\s+/);
    const command = program.commands.find((each) => each.name() === name);
    expect(command, `there is no command ${name}`).toBeDefined();
    const known = command?.options.map(({ long }) => long) ?? [];
    const flags = words.filter((word) => word.startsWith('--')).map((word) => word.split('=', 1)[0]);
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });
});

describe('the example workflow', () => {
  const workflow = parse(read('.github/workflows/drill.yml')) as {
    readonly jobs: Readonly<
      Record<
        string,
        {
          readonly strategy: { readonly matrix: { readonly scenario: readonly string[] } };
          readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
        }
      >
    >;
  };

  it('drills scenarios that there are, on GitHub', () => {
    const { strategy, steps } = workflow.jobs['drill'] ?? {};
    for (const name of strategy?.matrix.scenario ?? [])
      expect(read(`scenarios/${name}.yaml`)).toContain(`name: ${name}`);
    expect(strategy?.matrix.scenario.length).toBeGreaterThan(1);
    expect(
      steps?.some(({ run }) => run?.startsWith('npx stormcart run') === true && run.endsWith('--github')),
    ).toBe(true);
  });

  it('begins with the five lines that the guide shows', () => {
    const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(read('docs/ci.md')) ?? [];
    const steps = parse(block) as readonly Readonly<Record<string, string>>[];
    expect(block.trimEnd().split('\n')).toHaveLength(5);
    expect(steps.map((step) => Object.keys(step))).toEqual([['uses'], ['uses'], ['run'], ['run'], ['run']]);
  });
});
