// The demo's flights, read once from Parquet, for the development server.

import { fileURLToPath } from 'node:url';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const FILE = fileURLToPath(new URL('../../demo/data/flights.parquet', import.meta.url));
const COLUMNS = [
  'time_hour',
  'carrier',
  'flight',
  'tailnum',
  'origin',
  'dest',
  'dep_delay',
  'arr_delay',
  'distance',
];

/**
 * @typedef {object} Flight
 * @property {Date} time_hour
 * @property {string} carrier
 * @property {number} flight
 * @property {string | null} tailnum
 * @property {string} origin
 * @property {string} dest
 * @property {number | null} dep_delay
 * @property {number | null} arr_delay
 * @property {number} distance
 * @property {string} day the date in New York
 */

/** @returns {Promise<Flight[]>} */
export async function readFlights() {
  const file = await asyncBufferFromFile(FILE);
  const rows = await parquetReadObjects({ file, columns: COLUMNS, compressors });
  const newYork = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York' });
  /** @type {Map<number, string>} */
  const days = new Map();
  return rows.map((row) => {
    const at = row.time_hour.getTime();
    if (!days.has(at)) days.set(at, newYork.format(at));
    const numbers = ['flight', 'dep_delay', 'arr_delay', 'distance'].map((name) => [
      name,
      row[name] === null || row[name] === undefined ? null : Number(row[name]),
    ]);
    return /** @type {Flight} */ ({ ...row, ...Object.fromEntries(numbers), day: days.get(at) });
  });
}
