import type { Journey, RequestSpec } from '@stormcart/core';

/** The journey of `stormcart load`: one GET; an answer below 400 is right, for a redirect is an answer too. */
export function singleRequest(url: URL): Journey {
  const path = `${url.pathname}${url.search}`;
  const spec: RequestSpec = Object.freeze({
    route: 'request',
    method: 'GET',
    path,
    ignoresBody: true,
    expect: (status: number) => status >= 200 && status < 400,
  });
  return {
    name: 'single-request',
    about: `GET ${path}`,
    routes: ['request'],
    run: (visit) => visit.request(spec),
  };
}
