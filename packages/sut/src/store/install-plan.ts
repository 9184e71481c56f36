import { access, readFile } from 'node:fs/promises';
import { findProgram, programSearch } from './program-search.ts';

/** How this machine gets its packages. */
export type PackageSystem = 'apt' | 'dnf' | 'pacman' | 'brew' | 'unknown';

/** How to become root: not needed, without a password, by asking at the terminal, or not at all. */
export type RootAccess = 'is-root' | 'sudo-silent' | 'sudo-asks' | 'none';

export interface InstallFacts {
  readonly packageSystem: PackageSystem;
  readonly rootAccess: RootAccess;
  /** Debian names of the packages that are missing. */
  readonly missingPackages: readonly string[];
}

export type InstallPlan =
  | { readonly kind: 'nothing' }
  /** `elevate` goes before the command: empty, `sudo -n` or `sudo`. */
  | { readonly kind: 'apt'; readonly packages: readonly string[]; readonly elevate: readonly string[] }
  /** Nothing that we may run; these are the commands for a person. */
  | { readonly kind: 'manual'; readonly commands: readonly string[] };

export function planInstall(facts: InstallFacts): InstallPlan {
  const packages = [...new Set(facts.missingPackages)].toSorted();
  if (packages.length === 0) return { kind: 'nothing' };
  if (facts.packageSystem !== 'apt' || facts.rootAccess === 'none') {
    return { kind: 'manual', commands: manualCommands(facts.packageSystem, packages) };
  }
  const elevate = { 'is-root': [], 'sudo-silent': ['sudo', '-n'], 'sudo-asks': ['sudo'] }[facts.rootAccess];
  return { kind: 'apt', packages, elevate };
}

/** What a person types; without a known package system, one line per well-known one. */
export function manualCommands(system: PackageSystem, packages: readonly string[]): readonly string[] {
  const byRoot = 'sudo ';
  const lines: Readonly<Record<Exclude<PackageSystem, 'unknown'>, readonly string[]>> = {
    apt: [
      `${byRoot}apt-get update`,
      `${byRoot}apt-get install --no-install-recommends ${packages.join(' ')}`,
    ],
    dnf: [`${byRoot}dnf install ${namesFor('dnf', packages)}`],
    pacman: [`${byRoot}pacman -S --needed ${namesFor('pacman', packages)}`],
    brew: [`brew install ${namesFor('brew', packages)}`],
  };
  if (system !== 'unknown') return lines[system];
  return [
    `Debian, Ubuntu: ${lines.apt.join(' && ')}`,
    `Fedora: ${lines.dnf.join(' && ')}`,
    `Arch: ${lines.pacman.join(' && ')}`,
    `macOS: ${lines.brew.join(' && ')}`,
  ];
}

/** The hint of an error about missing programs, for this machine. */
export async function manualInstallHint(packages: readonly string[]): Promise<string> {
  const commands = manualCommands(await detectPackageSystem(), [...new Set(packages)].toSorted());
  return ['`stormcart doctor --install` can do this on Debian and Ubuntu. By hand:', ...commands].join('\n');
}

export async function detectPackageSystem(): Promise<PackageSystem> {
  const folders = programSearch({ PATH: process.env['PATH'] }).programs;
  const has = async (name: string): Promise<boolean> => (await findProgram(name, folders)) !== undefined;
  if (process.platform === 'darwin') return (await has('brew')) ? 'brew' : 'unknown';
  // Some distributions carry an apt-get that is not theirs; dpkg's own database decides.
  if ((await has('apt-get')) && (await isDebianFamily())) return 'apt';
  if (await has('dnf')) return 'dnf';
  if (await has('pacman')) return 'pacman';
  return 'unknown';
}

async function isDebianFamily(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (/^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m.test(release)) return true;
  return access('/etc/debian_version').then(
    () => true,
    () => false,
  );
}

/** Other systems' names of what Debian splits into more packages. */
const OTHER_NAMES: Readonly<Record<'dnf' | 'pacman' | 'brew', Readonly<Record<string, string>>>> = {
  dnf: {
    'mariadb-server-core': 'mariadb-server',
    'mariadb-client-core': 'mariadb',
    'redis-server': 'redis',
  },
  pacman: {
    'mariadb-server-core': 'mariadb',
    'mariadb-client-core': 'mariadb-clients',
    'redis-server': 'redis',
    'rabbitmq-server': 'rabbitmq',
  },
  brew: {
    'mariadb-server-core': 'mariadb',
    'mariadb-client-core': 'mariadb',
    'redis-server': 'redis',
    'rabbitmq-server': 'rabbitmq',
  },
};

function namesFor(system: 'dnf' | 'pacman' | 'brew', packages: readonly string[]): string {
  return [...new Set(packages.map((name) => OTHER_NAMES[system][name] ?? name))].join(' ');
}
