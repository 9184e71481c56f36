import { duration } from '@stormcart/core';
import { z } from 'zod';
import { quantity, text, wholeNumber, word } from './value.ts';
import { variants } from './variants.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** RFC 9110 §5.6.2, a token. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 without obs-text. */
const HEADER_VALUE = /^[\t\u0020-\u007e]*$/;
/** What the driver sets by itself: twice it would be a malformed request. */
const OWN_HEADERS = ['host', 'content-length', 'transfer-encoding', 'connection', 'x-request-id'];
/** Each one is a row in reports; more are a program, which belongs into a module. */
const MOST_REQUESTS = 100;
/** A feed of a few thousand values is a file's worth of YAML. */
const MOST_VALUES = 10_000;

const requestName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: 'a request is named by 1 to 40 lower-case letters, digits and dashes, beginning with a letter',
});

const pickName = z.string().regex(/^[a-z][a-zA-Z0-9]{0,39}$/, {
  error: 'a value is named by letters and digits, beginning with a lower-case letter',
});

const headerName = z
  .string()
  .regex(HEADER_NAME, { error: 'a header is named by a token such as accept-language' })
  .refine((name) => !OWN_HEADERS.includes(name.toLowerCase()), {
    error: 'the load driver sets this header by itself',
  });

const headerValue = z
  .string()
  .regex(HEADER_VALUE, { error: 'a header value is one line of ASCII; put numbers in quotes' });

const pickedValue = z.union([z.string(), z.number(), z.boolean()], {
  error: 'must be a text, a number, true or false',
});

const status = wholeNumber('the status of a right answer', 100, 599);
const statuses = z.array(status).min(1);

const request = z
  .strictObject({
    method: word(METHODS, 'HTTP method').prefault('GET'),
    path: text('path with query; {name} stands for a picked value, {users.name} for a field of a feed').regex(
      /^\//,
      {
        error: 'a path begins with /',
      },
    ),
    headers: z
      .record(headerName, headerValue)
      .prefault({})
      .meta({ description: 'sent beside what the driver sets' }),
    body: z.unknown().optional().meta({
      description:
        'sent as JSON; {name} in its texts stands for a picked value, {users.name} for a field of a feed',
    }),
    pick: z
      .record(pickName, z.array(pickedValue).min(1).max(MOST_VALUES))
      .prefault({})
      .meta({ description: 'values by name; each visit picks one of each, the same ones for the same seed' }),
    expect: variants(
      [status, statuses],
      'status of a right answer, or several; any 2xx or 3xx when absent',
      (value) => (Array.isArray(value) ? statuses : status),
    ).optional(),
    timeout: quantity(duration, 'gives it up after this, from its intended start', {
      min: 1,
      max: 3_600_000,
    }).optional(),
    weight: z
      .number()
      .min(0)
      .max(1_000_000)
      .optional()
      .meta({ description: 'share of the load where load.mix is absent; 1 when absent' }),
  })
  .meta({ description: 'one request; each arrival of it is one visit' });

/** `requests:`, journeys of one request each for any HTTP system. */
export const requestsFormat = z
  .record(requestName, request)
  .refine((requests) => Object.keys(requests).length <= MOST_REQUESTS, {
    error: `at most ${MOST_REQUESTS} requests`,
  })
  .meta({ description: 'requests by name, as journeys for load.mix' });

export type PlainRequests = z.output<typeof requestsFormat>;
export type PlainRequest = PlainRequests[string];
