import { z } from 'zod';
import type { ContractCase } from './contract-case.ts';
import type { ContractAnswer } from './contract-client.ts';

/** RFC 9457 section 3.1; extension members are allowed. */
const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
});

/** What of an answer breaks the promise; nothing when it is kept. */
export function breachesOf(promise: ContractCase, answer: ContractAnswer): readonly string[] {
  const { status, headers, body } = answer;
  if (status !== promise.status)
    return [`status ${status} instead of ${promise.status}: ${JSON.stringify(body)}`];
  const expected = { 'x-request-id': /./, ...promise.headers };
  const wrongHeaders = Object.entries(expected).flatMap(([name, form]) => {
    const value = headers[name];
    return typeof value === 'string' && form.test(value)
      ? []
      : [`header ${name} is ${String(value)}, not ${form}`];
  });
  return [
    ...wrongHeaders,
    ...(status >= 400 ? problemBreaches(promise, answer) : bodyBreaches(promise, answer)),
  ];
}

function bodyBreaches({ body: schema }: ContractCase, { headers, body }: ContractAnswer): readonly string[] {
  if (schema === undefined) return body === undefined ? [] : ['a body where none is promised'];
  const type = String(headers['content-type']);
  const result = schema.safeParse(body);
  return [
    ...(type.startsWith('application/json') ? [] : [`content-type ${type}`]),
    ...(result.success ? [] : [z.prettifyError(result.error)]),
  ];
}

function problemBreaches({ problem, members = [] }: ContractCase, answer: ContractAnswer): readonly string[] {
  const type = String(answer.headers['content-type']);
  const result = problemSchema.safeParse(answer.body);
  if (!result.success) return [`no problem details: ${z.prettifyError(result.error)}`];
  const slug = result.data.type.replace('urn:stormcart:problem:', '');
  return [
    ...(type.startsWith('application/problem+json') ? [] : [`content-type ${type}`]),
    ...(result.data.status === answer.status ? [] : [`the body says status ${result.data.status}`]),
    ...(slug === problem ? [] : [`problem ${slug} instead of ${String(problem)}`]),
    ...members.filter((name) => !(name in result.data)).map((name) => `no member ${name}`),
  ];
}
