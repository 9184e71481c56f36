import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyTemplate, keepTemplate, templateKey } from '../src/store/template.ts';

let cacheFolder = '';
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'stormcart-cache-'));
});
afterEach(() => rm(cacheFolder, { recursive: true, force: true }));

const writing =
  (text: string) =>
  (folder: string): Promise<void> =>
    writeFile(join(folder, 'content'), text);

const failing = (): Promise<void> => Promise.reject(new Error('disk full'));

describe('a kept template', () => {
  it('is built once and then found again', async () => {
    let builds = 0;
    const options = {
      cacheFolder,
      name: 'store',
      ingredients: ['1.0', 'schema'],
      build: (folder: string) => writing(`build ${(builds += 1)}`)(folder),
    };
    const first = await keepTemplate(options);
    expect(await keepTemplate(options)).toBe(first);
    expect(await readFile(join(first, 'content'), 'utf8')).toBe('build 1');
  });

  it('is another one as soon as one ingredient differs', () => {
    expect(templateKey(['a', 'bc'])).not.toBe(templateKey(['ab', 'c']));
    expect(templateKey(['a'])).not.toBe(templateKey(['a', '']));
  });

  it('is whole and single when several runs make it at once', async () => {
    const folders = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        keepTemplate({ cacheFolder, name: 'store', ingredients: ['same'], build: writing(`by ${index}`) }),
      ),
    );
    expect(new Set(folders).size).toBe(1);
    expect(await readdir(cacheFolder)).toHaveLength(1);
    expect(await readFile(join(folders[0] ?? '', 'content'), 'utf8')).toMatch(/^by \d$/);
  });

  it('leaves nothing when its build fails', async () => {
    await expect(
      keepTemplate({ cacheFolder, name: 'store', ingredients: [], build: failing }),
    ).rejects.toThrow('disk full');
    expect(await readdir(cacheFolder)).toEqual([]);
  });

  it('goes when four newer ones of its name were used since', async () => {
    const make = (version: string): Promise<string> =>
      keepTemplate({ cacheFolder, name: 'store', ingredients: [version], build: writing(version) });
    const oldest = await make('0');
    await utimes(oldest, new Date(0), new Date(0));
    for (const version of ['1', '2', '3', '4']) await make(version);
    await expect(readdir(oldest)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(cacheFolder)).toHaveLength(4);
  });

  it('is copied, not shared', async () => {
    const template = await keepTemplate({
      cacheFolder,
      name: 'store',
      ingredients: [],
      build: writing('kept'),
    });
    const copy = join(cacheFolder, 'copy');
    await copyTemplate(template, copy);
    await writeFile(join(copy, 'content'), 'changed');
    expect(await readFile(join(template, 'content'), 'utf8')).toBe('kept');
  });
});
