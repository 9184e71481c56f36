/**
 * Makes a fresh clone ready: installs the npm packages when they are not those of package-lock.json, then lets
 * `stormcart doctor` install missing server programs. Does nothing, within a second, when all is there.
 * Plain JavaScript for Node 18 and newer, because it runs before anything is installed.
 * Exit codes: 0 ready · 4 this machine lacks something, with what to do · 130 interrupted.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENVIRONMENT_EXIT_CODE = 4;
const NODE_MAJOR_MIN = 18;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const binaries = join(modules, '.bin');
const pinnedNode = join(binaries, 'node');
/** Says which lockfile node_modules was made from; npm removes it together with node_modules. */
const stampFile = join(modules, '.stormcart-lock');

// The terminal sends Ctrl-C to the children as well: wait until they have put everything back.
process.on('SIGINT', () => undefined);

await main();

async function main() {
  if (process.platform === 'win32') {
    fail('Stormcart runs on Linux and macOS: its stores are POSIX processes. On Windows, use WSL.');
  }
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    fail(`Node ${NODE_MAJOR_MIN} or newer is needed to begin with; this is ${process.version}.`);
  }
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (!isStamped(lockHash) || !pinnedNodeWorks()) {
    // Somebody may have run `npm ci` by hand, which leaves no stamp.
    if (!holdsLockedPackages() || !pinnedNodeWorks()) await installPackages();
    writeFileSync(stampFile, `${lockHash}\n`);
  }
  await installServers();
}

function isStamped(lockHash) {
  return readText(stampFile).trim() === lockHash;
}

/** Whether the Node that package.json asks for is there and runs on this machine. */
function pinnedNodeWorks() {
  const wanted = JSON.parse(readText(join(root, 'package.json'))).devDependencies.node;
  const { status, stdout } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return status === 0 && stdout.trim() === `v${wanted}`;
}

/** Compares npm's own record of node_modules with the lockfile. */
function holdsLockedPackages() {
  const locked = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(modules, '.package-lock.json'));
  const paths = Object.keys(locked).filter((path) => path.startsWith('node_modules/'));
  return (
    Object.keys(installed).length > 0 &&
    paths.every((path) => {
      const { version, link, optional, devOptional } = locked[path];
      // Links lead to our own packages; optional ones are for other platforms.
      if (installed[path] === undefined) return link === true || optional === true || devOptional === true;
      return installed[path].version === version;
    })
  );
}

function packagesOf(file) {
  const text = readText(file);
  return text === '' ? {} : (JSON.parse(text).packages ?? {});
}

async function installPackages() {
  say('installing npm packages (npm ci)');
  const { command, args } = npmCommand();
  // Errors only: npm would warn that packages want a newer Node than the one it runs on, but they get the pinned one.
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  const exitCode = await run(command, [...args, 'ci', ...options], outerEnvironment());
  if (exitCode !== 0) {
    fail(
      [
        `npm ci failed (exit code ${exitCode}); its own messages are above.`,
        'It needs the npm registry: check the network or proxy, then type: npm ci',
      ].join('\n'),
    );
  }
  if (!pinnedNodeWorks()) {
    fail(
      [
        'npm ci went through, but the Node that it installed does not run here.',
        'Its install script must be allowed to run; type: npm ci --ignore-scripts=false',
      ].join('\n'),
    );
  }
}

/**
 * npm as the machine has it, run by the machine's Node: while it works, the Node below node_modules is gone.
 * Where only the calling npm is known, that one.
 */
function npmCommand() {
  const found = spawnSync('npm', ['--version'], { env: outerEnvironment(), stdio: 'ignore' });
  if (found.status === 0) return { command: 'npm', args: [] };
  const calling = process.env.npm_execpath;
  if (calling === undefined) fail('npm was not found. It comes with Node: https://nodejs.org');
  return { command: process.execPath, args: [calling] };
}

/** The environment without what `npm start` put in front of PATH. */
function outerEnvironment() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const outer = folders.filter((folder) => !folder.endsWith(join('node_modules', '.bin')));
  return { ...process.env, PATH: outer.join(delimiter) };
}

async function installServers() {
  const compiled = join(modules, '.cache', 'stormcart');
  mkdirSync(compiled, { recursive: true });
  const exitCode = await run(pinnedNode, [join(binaries, 'stormcart'), 'doctor', '--install', '--quiet'], {
    ...process.env,
    PATH: [binaries, process.env.PATH].join(delimiter),
    NODE_COMPILE_CACHE: compiled,
  });
  process.exitCode = exitCode;
}

/** Runs to the end with everything it says on standard error, and gives its exit code as a shell would. */
function run(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', process.stderr.fd, 'inherit'] });
    child.once('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      resolve(ENVIRONMENT_EXIT_CODE);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}

function fail(message) {
  for (const line of message.split('\n')) say(line);
  process.exit(ENVIRONMENT_EXIT_CODE);
}
