import type { Journey } from '@stormcart/core';

/** The journey of `stormcart load`: one GET; an answer below 400 is right, for a redirect is an answer too. */
export function singleRequest(url: URL): Journey {
  const path = `${url.pathname}${url.search}`;
  return {
    name: 'single-request',
    about: `GET ${path}`,
    routes: ['request'],
    run: async (visit) => {
      await visit.request({
        route: 'request',
        method: 'GET',
        path,
        ignoresBody: true,
        expect: (status) => status >= 200 && status < 400,
      });
    },
  };
}
