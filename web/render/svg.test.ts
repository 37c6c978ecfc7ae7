import { expect, test } from 'vitest';

import { element, escaped, fitted, inTwoLines, withoutForbidden } from './svg.ts';

const STYLE = { size: 1, weight: 400, fill: '#000' };
/** Every letter is one pixel wide. */
const measure = (text: string) => [...text].length;

test('markup in a text stays text', () => {
  expect(escaped(`<b title="a" id='b'>&amp;`)).toBe(
    '&lt;b title=&quot;a&quot; id=&#39;b&#39;&gt;&amp;amp;',
  );
  expect(element('a', { b: '"', c: undefined, d: 1 / 3 })).toBe('<a b="&quot;" d="0.33"/>');
});

test('what XML cannot hold is replaced', () => {
  expect(withoutForbidden('a\u0000b\u001b\ud800c\uffff')).toBe('a\ufffdb\ufffd\ufffdc\ufffd');
  expect(withoutForbidden('tab\tline\n😀 שלום')).toBe('tab\tline\n😀 שלום');
});

test('a text that is too long ends with an ellipsis', () => {
  const check = (text: string, room: number, expected: string) =>
    expect(fitted(text, room, STYLE, measure)).toBe(expected);
  check('Delta', 5, 'Delta');
  check('Delta Air', 8, 'Delta A…');
  check('Delta Air', 7, 'Delta…');
  check('😀😀😀', 2, '😀…');
  check('Delta', 0, '…');
});

test('a title has two lines at most', () => {
  const check = (text: string, room: number, expected: string[]) =>
    expect(inTwoLines(text, room, STYLE, measure)).toEqual(expected);
  check('', 9, []);
  check('Flights', 9, ['Flights']);
  check('Flights per month', 11, ['Flights per', 'month']);
  check('Flights per month and year', 11, ['Flights per', 'month and…']);
  check('Incomprehensibilities', 9, ['Incompre…']);
});
