import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

import { ownNames } from './own-names.js';

test('every element that the calendar library defines gets a name of ours', async () => {
  const file = new URL('../node_modules/cally/dist/cally.js', import.meta.url);
  const code = ownNames(await readFile(file, 'utf8'), 'calendar-');
  const defined = [...code.matchAll(/customElements\.define\(\s*"([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(defined).toContain('fanlight-calendar-range');
  expect(defined.filter((name) => !name?.startsWith('fanlight-'))).toEqual([]);
  expect(code).not.toMatch(/["'`<]calendar-/);
});
