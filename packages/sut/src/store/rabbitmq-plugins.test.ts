import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applicationName,
  type ErlangApplication,
  neededApplications,
  pluginClosure,
  withoutModules,
} from './rabbitmq-plugins.ts';

const application = (name: string, ...needs: string[]): ErlangApplication => ({
  name,
  folder: `${name}-1.0`,
  needs,
});

const APP_FILE = `{application, 'ra', [
  {vsn, "2.2.0"},
  {modules, ['ra','ra_app',
             'ra_log']},
  {applications, [kernel,stdlib,
                  aten]}
]}.`;

describe('pluginClosure', () => {
  it('takes the broker and what it needs, directly or not, and nothing else', () => {
    const chosen = pluginClosure([
      application('rabbit', 'ssl', 'ra'),
      application('ra', 'aten'),
      application('aten'),
      application('rabbitmq_management', 'rabbit', 'cowboy'),
      application('cowboy'),
    ]);
    expect(chosen).toEqual(['aten-1.0', 'ra-1.0', 'rabbit-1.0']);
  });

  it('takes everything where the broker is not among the folders', () => {
    expect(pluginClosure([application('ra'), application('cowboy')])).toEqual(['ra-1.0', 'cowboy-1.0']);
  });

  it('is closed under needs, and ends on circles', () => {
    const names = fc.constantFrom('rabbit', 'a', 'b', 'c', 'd');
    const graph = fc.dictionary(names, fc.array(names));
    fc.assert(
      fc.property(graph, (needs) => {
        const all = Object.entries({ rabbit: [], ...needs }).map(([name, list]) =>
          application(name, ...list),
        );
        const chosen = new Set(pluginClosure(all));
        for (const one of all.filter(({ folder }) => chosen.has(folder))) {
          for (const needed of all.filter(({ name }) => one.needs.includes(name))) {
            expect(chosen).toContain(needed.folder);
          }
        }
      }),
    );
  });
});

describe('neededApplications', () => {
  it('reads the list over several lines', () => {
    expect(neededApplications(APP_FILE)).toEqual(['kernel', 'stdlib', 'aten']);
  });

  it('finds none in a file without the list', () => {
    expect(neededApplications('{application, lonely, []}.')).toEqual([]);
  });
});

describe('withoutModules', () => {
  it('empties the list of modules and changes nothing else', () => {
    expect(withoutModules('ra', APP_FILE)).toBe(APP_FILE.replace(/\{modules[^}]*\}/, '{modules,[]}'));
  });

  it("leaves the broker's own applications and those of a running Erlang alone", () => {
    for (const name of ['rabbit', 'rabbit_common', 'rabbitmq_prelaunch', 'kernel', 'stdlib']) {
      expect(withoutModules(name, APP_FILE)).toBeUndefined();
    }
  });

  it('says when there is nothing to gain', () => {
    expect(withoutModules('lonely', '{application, lonely, [{modules,[]}]}.')).toBeUndefined();
  });
});

describe('applicationName', () => {
  it('drops the version and the ending of a zipped plugin', () => {
    expect(
      ['ra-2.2.0', 'rabbit_common-3.10.8.ez', 'amqp10_client-3.10.8', 'README'].map(applicationName),
    ).toEqual(['ra', 'rabbit_common', 'amqp10_client', 'README']);
  });
});
