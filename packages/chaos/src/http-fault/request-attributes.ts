import { type CountAttribute, type QuantityAttribute, share, type TextAttribute } from '@stormcart/core';

/** More requests than a process of ours can have under way at once: no limit. */
const ACTIVE_MAX = 100_000;

/** Which requests a fault on HTTP is meant for; every kind has these beside its own. */
export const requestAttributes = {
  route: {
    kind: 'text',
    about: 'requests with this path, or with this method and path; * stands for any characters',
    example: 'POST /api/orders*',
    // A method without lower-case letters, as all that are in use; then a path, or a star for its beginning.
    pattern: /^(?:[A-Z*][A-Z*-]*[\t ]+)?[/*]\S*$/,
    lengthMax: 500,
    usual: '*',
  },
  method: {
    kind: 'text',
    about: 'requests with this method',
    example: 'POST',
    pattern: /^[A-Z*][A-Z*-]*$/,
    lengthMax: 20,
    usual: '*',
  },
  header: {
    kind: 'text',
    about: 'requests that have this header, or have it with such a value; * stands for any characters',
    example: 'x-customer=vip*',
    pattern: /^[\w!#$%&'*+.^`|~-]+(?:=[\x20-\x7e]*)?$/,
    lengthMax: 500,
    usual: '*',
  },
  share: {
    kind: 'quantity',
    about: 'share of these requests that it befalls',
    unit: share,
    min: 0.0001,
    max: 1,
    usual: 1,
  },
  max_active: {
    kind: 'count',
    about: 'how many requests it may befall at the same time, on all its links together',
    min: 1,
    max: ACTIVE_MAX,
    usual: ACTIVE_MAX,
  },
} as const satisfies Readonly<Record<string, TextAttribute | QuantityAttribute | CountAttribute>>;
