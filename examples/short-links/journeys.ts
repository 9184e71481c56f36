import type { Journey } from '@stormcart/core';

/** What visitors do; `codes` are links that are there from the beginning. */
export function linkJourneys(codes: readonly string[]): readonly Journey[] {
  return [
    {
      name: 'follow',
      about: 'follows a link',
      routes: ['follow'],
      run: async (visit) => {
        const path = `/l/${visit.random.pick(codes)}`;
        await visit.request({ route: 'follow', method: 'GET', path, expect: (status) => status === 302 });
      },
    },
    {
      name: 'shorten',
      about: 'shortens a URL and follows the new link',
      routes: ['shorten', 'follow-new'],
      run: async (visit) => {
        const url = `https://example.org/${visit.random.hex(16)}`;
        const created = await visit.request({
          route: 'shorten',
          method: 'POST',
          path: '/links',
          body: { url },
          expect: (status) => status === 201,
          // Recorded in the history: an acknowledged link must be there for ever.
          operation: {
            action: 'link.create',
            key: url,
            input: { url },
            output: (_, body) => ({ code: (body as { readonly code?: string } | undefined)?.code }),
          },
        });
        if (created.outcome !== 'ok') return;
        const { code } = created.body as { readonly code: string };
        await visit.request({
          route: 'follow-new',
          method: 'GET',
          path: `/l/${code}`,
          expect: (status) => status === 302,
        });
      },
    },
  ];
}
