// Renames the custom elements of a library that registers them under names of its own.
//
// A dashboard lives in pages of strangers: were `<calendar-month>` defined by us, a page that uses
// the same library would fail when it defines it.

/**
 * @param {string} code
 * @param {string} prefix of the library's tags, for example `calendar-`
 */
export function ownNames(code, prefix) {
  return code.replaceAll(`"${prefix}`, `"fanlight-${prefix}`);
}

/** @returns {import('vite').Plugin} */
export function renameCalendar() {
  return {
    name: 'fanlight-own-names',
    transform(code, id) {
      return id.includes('/node_modules/cally/')
        ? { code: ownNames(code, 'calendar-'), map: null }
        : null;
    },
  };
}
