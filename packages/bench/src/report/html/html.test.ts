import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nastyText } from '../../../test/fixture/any-report.ts';
import { html, trusted } from './html.ts';

it('escapes whatever is put into it, in texts and in attributes', () => {
  fc.assert(
    fc.property(nastyText, (text) => {
      const { markup } = html`<p title="${text}">${text}</p>`;
      expect(markup).toMatch(/^<p title="[^<>"]*">[^<>]*<\/p>$/);
      expect(markup.isWellFormed()).toBe(true);
    }),
  );
});

it('leaves its own markup alone, joins lists, and writes nothing for nothing', () => {
  const items = ['a & b', 3].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${undefined}${trusted('<hr>')}`.markup).toBe(
    '<ul><li>a &amp; b</li><li>3</li></ul><hr>',
  );
});

it('cannot be fooled by data that looks like markup', () => {
  const fake = { markup: '<script>' } as unknown as string;
  expect(() => html`${fake}`).toThrow();
});
