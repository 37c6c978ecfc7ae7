import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

import { ownNames } from './own-names.js';

test('every element that the calendar library defines gets a name of ours', async () => {
  const file = createRequire(import.meta.url).resolve('cally');
  const code = ownNames(await readFile(file, 'utf8'), 'calendar-');
  const defined = [...code.matchAll(/customElements\.define\(\s*"([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(defined).toContain('fanlight-calendar-range');
  expect(defined.filter((name) => !name?.startsWith('fanlight-'))).toEqual([]);
  expect(code).not.toMatch(/["'`<]calendar-/);
});
