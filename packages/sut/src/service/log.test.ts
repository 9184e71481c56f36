import { expect, it } from 'vitest';
import { createLog } from './log.ts';

it('writes no secret, however it is passed', () => {
  let text = '';
  const log = createLog(
    { SHOP_SERVICE: 'account', SHOP_INSTANCE: 2 },
    {
      write: (line) => {
        text += line;
      },
    },
  );
  log.info({
    password: 'hush',
    token: 'hush',
    body: { password: 'hush' },
    request: { headers: { authorization: 'hush' } },
  });
  expect(text).not.toContain('hush');
  expect(JSON.parse(text)).toMatchObject({
    level: 'info',
    service: 'account',
    instance: 2,
    password: '[secret]',
  });
});
