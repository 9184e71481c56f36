import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { erlangFolder } from './program-version.ts';
import {
  applicationName,
  type ErlangApplication,
  neededApplications,
  pluginClosure,
  withoutModules,
} from './rabbitmq-plugins.ts';
import type { StorePrograms } from './store-programs.ts';

/** A RabbitMQ folder of our own: the package's scripts, the few plugins that are needed, slim application files. */
export interface RabbitmqHome {
  readonly startScript: string;
  /** Goes to the front of Erlang's code path. */
  readonly slimFolder: string;
}

/** What `rabbitmq-server` reads beside itself; it finds its plugins relative to them, hence copies and no links. */
const SCRIPTS = ['rabbitmq-server', 'rabbitmq-env', 'rabbitmq-defaults'] as const;

export async function makeRabbitmqHome(
  folder: string,
  programs: StorePrograms['rabbitmq'],
): Promise<RabbitmqHome> {
  const [sbin, plugins, slimFolder] = [join(folder, 'sbin'), join(folder, 'plugins'), join(folder, 'slim')];
  for (const made of [sbin, plugins, slimFolder]) await mkdir(made, { recursive: true });
  for (const script of SCRIPTS) await copyFile(join(programs.home, 'sbin', script), join(sbin, script));

  const pluginFolder = join(programs.home, 'plugins');
  const installed = await readApplications(pluginFolder);
  const chosen = new Set(pluginClosure(installed));
  const erlangLibraries = join(await erlangFolder(programs.erl), 'lib');
  for (const name of chosen) await symlink(join(pluginFolder, name), join(plugins, name));

  const needed = installed.filter((application) => chosen.has(application.folder));
  for (const application of [...needed, ...(await readApplications(erlangLibraries))]) {
    const slim = withoutModules(application.name, application.text);
    if (slim !== undefined) await writeFile(join(slimFolder, `${application.name}.app`), slim);
  }
  return { startScript: join(sbin, 'rabbitmq-server'), slimFolder };
}

/** Every application folder with its `.app` file; its text is empty where there is none (a zipped plugin, a README). */
async function readApplications(
  parent: string,
): Promise<readonly (ErlangApplication & { readonly text: string })[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter(
    (entry) => entry.isDirectory() || entry.isSymbolicLink() || entry.name.endsWith('.ez'),
  );
  return Promise.all(
    folders.map(async ({ name: folder }) => {
      const name = applicationName(folder);
      const text = await readFile(join(parent, folder, 'ebin', `${name}.app`), 'utf8').catch(() => '');
      return { name, folder, text, needs: neededApplications(text) };
    }),
  );
}
