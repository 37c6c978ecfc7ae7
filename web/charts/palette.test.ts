import { expect, test } from 'vitest';

import { DARK_SERIES, LIGHT_SERIES } from './palette.ts';

type Rgb = [red: number, green: number, blue: number];

/** Linear light from `#rrggbb`. */
function linear(hex: string): Rgb {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

/** The contrast ratio of WCAG. */
function contrast(a: string, b: string): number {
  const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const [one, two] = [luminance(linear(a)), luminance(linear(b))];
  return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
}

/** How colours look to people without one kind of cone: Machado and others, 2009, severity 1. */
const SIGHTS: Record<string, number[][]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(hex: string, sight: string): Rgb {
  const color = linear(hex);
  const rows = SIGHTS[sight] ?? [];
  return rows.map((row) => {
    const value = row.reduce((sum, weight, at) => sum + weight * (color[at] ?? 0), 0);
    return Math.min(Math.max(value, 0), 1);
  }) as Rgb;
}

/** Oklab, in which equal distances look about equally different. */
function oklab([red, green, blue]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: string, b: string, sight: string): number {
  const [one, two] = [oklab(seen(a, sight)), oklab(seen(b, sight))];
  return Math.hypot(one[0] - two[0], one[1] - two[1], one[2] - two[2]) * 100;
}

/** Below this many hundredths of Oklab, thin lines are hard to tell apart. */
const APART = 8;

const SCHEMES: [name: string, colors: readonly string[], background: string][] = [
  ['light', LIGHT_SERIES, '#ffffff'],
  ['dark', DARK_SERIES, '#15181e'],
];

test.each(SCHEMES)('every %s colour stands out from its background', (_, colors, background) => {
  for (const color of colors) expect(contrast(color, background), color).toBeGreaterThanOrEqual(3);
});

test.each(SCHEMES)('any two %s colours are told apart, however one sees colours', (_, colors) => {
  for (const sight of Object.keys(SIGHTS)) {
    colors.forEach((a, index) => {
      for (const b of colors.slice(index + 1)) {
        expect(distance(a, b, sight), `${a} and ${b}, ${sight}`).toBeGreaterThanOrEqual(APART);
      }
    });
  }
});
