/** SVG as text: elements, escaping, and words that fit. */

/** How wide a text is in the font that exports are set in, in pixels. */
export type Measure = (text: string, size: number, weight: number) => number;

export interface TextStyle {
  readonly size: number;
  /** 400 or 600. */
  readonly weight: number;
  readonly fill: string;
  /** Between letters, in parts of the size. */
  readonly spacing?: number;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element. Attributes are escaped here; children are markup already. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        ` ${key}="${escaped(typeof value === 'number' ? tidy(value) : `${value}`)}"`,
    )
    .join('');
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.join('')}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);
}

/** Characters that XML cannot hold in any form become the replacement character. */
export function withoutForbidden(text: string): string {
  return text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** A line of text whose letters stand in the middle of `y`, begin or end at `x`. */
export function textAt(
  content: string,
  style: TextStyle,
  x: number,
  y: number,
  anchor: 'start' | 'end' | 'middle' = 'start',
): string {
  return element(
    'text',
    {
      x,
      // Capitals and figures are 0.73 em high: half of that puts them in the middle.
      y: y + style.size * 0.365,
      fill: style.fill,
      'font-size': style.size,
      'font-weight': style.weight,
      'letter-spacing': style.spacing === undefined ? undefined : style.spacing * style.size,
      'text-anchor': anchor === 'start' ? undefined : anchor,
    },
    escaped(content),
  );
}

/** The text, or as much of it as fits, and an ellipsis. */
export function fitted(text: string, room: number, style: TextStyle, measure: Measure): string {
  const width = (part: string) => measure(part, style.size, style.weight);
  if (width(text) <= room) return text;
  const letters = [...text];
  let [fits, tooLong] = [0, letters.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (width(`${letters.slice(0, middle).join('')}…`) <= room) fits = middle;
    else tooLong = middle;
  }
  return `${letters.slice(0, fits).join('').trimEnd()}…`;
}

/** The text in at most two lines. */
export function inTwoLines(
  text: string,
  room: number,
  style: TextStyle,
  measure: Measure,
): string[] {
  const words = text.split(/\s+/).filter((word) => word !== '');
  let first = words.shift() ?? '';
  while (words.length > 0) {
    const longer = `${first} ${words[0]}`;
    if (measure(longer, style.size, style.weight) > room) break;
    first = longer;
    words.shift();
  }
  return [first, words.join(' ')]
    .filter((line) => line !== '')
    .map((line) => fitted(line, room, style, measure));
}

function tidy(value: number): string {
  return String(Math.round(value * 100) / 100);
}
