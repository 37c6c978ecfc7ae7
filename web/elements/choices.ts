/** The choices of a dropdown or multi-select: matching, describing, toggling. Pure. */

import type { Json, Option } from '../client/definition.ts';

/** The chosen values; a lone value counts as a list of one. */
export function chosenValues(value: Json | undefined): Json[] {
  if (value === undefined || value === null || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

/** Choices whose label holds every word typed, whatever its case or accents. */
export function matching(options: readonly Option[], typed: string): readonly Option[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return options.filter((option) => {
    const label = plain(option.label);
    return words.every((word) => label.includes(word));
  });
}

/** The list with `value` added or taken out, in the order of the choices. */
export function toggled(chosen: readonly Json[], value: Json, options: readonly Option[]): Json[] {
  const has = chosen.some((one) => one === value);
  const next = has ? chosen.filter((one) => one !== value) : [...chosen, value];
  const order = new Map(options.map((option, index) => [option.value as Json, index]));
  return [...next].sort((a, b) => (order.get(a) ?? Infinity) - (order.get(b) ?? Infinity));
}

/** How a selection reads on its button; null when nothing is chosen. */
export function describeChoice(chosen: readonly Json[], options: readonly Option[]): string | null {
  if (chosen.length === 0) return null;
  const names = chosen.map((value) => {
    const option = options.find((one) => one.value === value);
    return option ? option.label : String(value);
  });
  return names.length <= 3 ? names.join(', ') : `${names.length} selected`;
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase();
}
