/**
 * An order of names that reads well and is the same everywhere: the server draws charts in an
 * engine without collation, and a series must not change its place or colour in an export.
 */

/** Compares runs of digits as numbers, letters without case or accents, and then exactly. */
export function naturalOrder(a: string, b: string): number {
  const [ours, theirs] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.min(ours.length, theirs.length); at++) {
    const order = compareParts(ours[at] ?? '', theirs[at] ?? '');
    if (order !== 0) return order;
  }
  return ours.length - theirs.length || compareTexts(a, b);
}

/** Runs of digits and what stands between them, in base letters. */
function partsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/\d+|\D+/g) ?? [];
}

function compareParts(a: string, b: string): number {
  if (!isNumber(a) || !isNumber(b)) return compareTexts(a, b);
  const [ours, theirs] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return ours.length - theirs.length || compareTexts(ours, theirs);
}

function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
