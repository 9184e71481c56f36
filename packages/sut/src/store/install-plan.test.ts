import { describe, expect, it } from 'vitest';
import { type InstallFacts, manualCommands, planInstall } from './install-plan.ts';

const debian: InstallFacts = {
  packageSystem: 'apt',
  rootAccess: 'is-root',
  missingPackages: ['redis-server', 'rabbitmq-server', 'redis-server'],
};

describe('planInstall', () => {
  it('does nothing when nothing is missing, whoever asks', () => {
    for (const rootAccess of ['is-root', 'sudo-silent', 'sudo-asks', 'none'] as const) {
      expect(planInstall({ ...debian, rootAccess, missingPackages: [] })).toEqual({ kind: 'nothing' });
    }
  });

  it('asks apt for each missing package once', () => {
    expect(planInstall(debian)).toEqual({
      kind: 'apt',
      packages: ['rabbitmq-server', 'redis-server'],
      elevate: [],
    });
  });

  it('becomes root through sudo, without asking where that works', () => {
    expect(planInstall({ ...debian, rootAccess: 'sudo-silent' })).toMatchObject({ elevate: ['sudo', '-n'] });
    expect(planInstall({ ...debian, rootAccess: 'sudo-asks' })).toMatchObject({ elevate: ['sudo'] });
  });

  it('leaves it to a person where nobody can become root, with apt commands', () => {
    const plan = planInstall({ ...debian, rootAccess: 'none' });
    expect(plan).toEqual({
      kind: 'manual',
      commands: [
        'sudo apt-get update',
        'sudo apt-get install --no-install-recommends rabbitmq-server redis-server',
      ],
    });
  });

  it('never runs a package manager other than apt, not even as root', () => {
    for (const packageSystem of ['dnf', 'pacman', 'brew', 'unknown'] as const) {
      expect(planInstall({ ...debian, packageSystem }).kind).toBe('manual');
    }
  });
});

describe('manualCommands', () => {
  const packages = ['mariadb-client-core', 'mariadb-server-core', 'rabbitmq-server', 'redis-server'];

  it("uses each system's own names, each once", () => {
    expect(manualCommands('brew', packages)).toEqual(['brew install mariadb rabbitmq redis']);
    expect(manualCommands('dnf', packages)).toEqual([
      'sudo dnf install mariadb mariadb-server rabbitmq-server redis',
    ]);
    expect(manualCommands('pacman', packages)).toEqual([
      'sudo pacman -S --needed mariadb-clients mariadb rabbitmq redis',
    ]);
  });

  it('names every well-known system where it does not know this one', () => {
    const lines = manualCommands('unknown', packages);
    expect(lines.map((line) => line.slice(0, line.indexOf(':')))).toEqual([
      'Debian, Ubuntu',
      'Fedora',
      'Arch',
      'macOS',
    ]);
  });
});
