import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A server that prints its version takes milliseconds; this long means that it does something else. */
const ANSWER_MS_MAX = 5_000;

/** Runs `program --version` and takes the first thing that looks like a version; undefined when there is none. */
export function askVersion(program: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, ['--version'], { timeout: ANSWER_MS_MAX }, (error, stdout) => {
      resolve(error === null ? versionIn(stdout) : undefined);
    });
  });
}

/** `mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 …` → `10.11.19`; `Redis server v=7.0.15 …` → `7.0.15`. */
export function versionIn(text: string): string | undefined {
  return /\d+(?:\.\d+)+/.exec(text)?.[0];
}

/** From the plugin folder's `rabbit-<version>`: the version without starting an Erlang VM for it (0.7 s). */
export async function rabbitmqVersion(home: string): Promise<string | undefined> {
  const entries = await readdir(join(home, 'plugins')).catch(() => []);
  const own = entries.find((entry) => /^rabbit-\d/.test(entry));
  return own === undefined ? undefined : versionIn(own);
}

/** Erlang's own folder, two above its real `bin/erl`: it holds `lib/` and `releases/`. */
export async function erlangFolder(erl: string): Promise<string> {
  return dirname(dirname(await realpath(erl)));
}

/** `erl_call` of this Erlang: some packages put it nowhere on the PATH, but in the folder of the library it belongs to. */
export async function findErlCall(erl: string): Promise<string | undefined> {
  const libraries = join(await erlangFolder(erl), 'lib');
  const entries = await readdir(libraries).catch(() => []);
  const folder = entries
    .filter((entry) => entry.startsWith('erl_interface-'))
    .toSorted()
    .at(-1);
  if (folder === undefined) return undefined;
  const program = join(libraries, folder, 'bin', 'erl_call');
  return access(program, constants.X_OK).then(
    () => program,
    () => undefined,
  );
}

/** From Erlang's release folder: `25.2.3`. */
export async function erlangVersion(erl: string): Promise<string | undefined> {
  const releases = join(await erlangFolder(erl), 'releases');
  for (const entry of await readdir(releases).catch(() => [])) {
    const text = await readFile(join(releases, entry, 'OTP_VERSION'), 'utf8').catch(() => '');
    const version = versionIn(text) ?? /\d+/.exec(text)?.[0];
    if (version !== undefined) return version;
  }
  return undefined;
}
