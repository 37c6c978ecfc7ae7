/**
 * The demo's numbers, computed from its Parquet file by an engine that shares nothing with ours:
 * a reader written in JavaScript and plain loops.
 */

import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { readFile } from "node:fs/promises";

const FILE = new URL("../../demo/data/flights.parquet", import.meta.url);
const COLUMNS = ["carrier", "origin", "dest", "time_hour", "dep_delay", "arr_delay", "flight"];

/** Every flight of the file. */
export async function readFlights() {
  const bytes = await readFile(FILE);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return parquetReadObjects({ file, compressors, columns: COLUMNS });
}

/** The carriers that occur, in order. */
export function carriers(flights) {
  return [...new Set(flights.map((flight) => flight.carrier))].sort();
}

/** What the dashboard `on-time` shows of these flights. */
export function onTime(flights) {
  const departed = flights.filter((flight) => flight.dep_delay != null);
  return {
    flights: flights.length,
    avg_dep_delay: mean(departed.map((flight) => flight.dep_delay)),
    by_month: byMonth(flights),
    destinations: destinations(flights),
    delay_share: delayShare(departed),
  };
}

/** Flights per month as New York's calendar has it: `["2013-01-01", 27004]`. */
function byMonth(flights) {
  const months = groups(flights, (flight) => monthInNewYork(flight.time_hour));
  return sorted([...months].map(([month, members]) => [month, members.length]));
}

/** Each destination with its flights and its mean delay on arrival, the most flown first. */
function destinations(flights) {
  const rows = [...groups(flights, (flight) => flight.dest)].map(([dest, members]) => {
    const arrived = members.filter((flight) => flight.arr_delay != null);
    return [dest, members.length, mean(arrived.map((flight) => flight.arr_delay))];
  });
  return rows.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** The share of flights that left more than 15 minutes late, by origin and month. */
function delayShare(departed) {
  const key = (flight) => `${flight.origin} ${monthInNewYork(flight.time_hour)}`;
  const rows = [...groups(departed, key)].map(([name, members]) => {
    const late = members.filter((flight) => flight.dep_delay > 15);
    return [...name.split(" "), late.length / members.length];
  });
  return sorted(rows);
}

const NEW_YORK = new Intl.DateTimeFormat("en-CA", {
  timeZone: "America/New_York",
  year: "numeric",
  month: "2-digit",
});
const months = new Map();

/** `2013-01-01` for every instant of that January in New York. */
export function monthInNewYork(instant) {
  const key = instant.getTime();
  if (!months.has(key)) {
    const { year, month } = Object.fromEntries(
      NEW_YORK.formatToParts(instant).map((part) => [part.type, part.value]),
    );
    months.set(key, `${year}-${month}-01`);
  }
  return months.get(key);
}

/** The sum over the count; `null` when there is nothing to count. */
function mean(numbers) {
  const sum = numbers.reduce((total, number) => total + Number(number), 0);
  return numbers.length === 0 ? null : sum / numbers.length;
}

function groups(rows, key) {
  const found = new Map();
  for (const row of rows) {
    const name = key(row);
    found.get(name)?.push(row) ?? found.set(name, [row]);
  }
  return found;
}

function sorted(rows) {
  return rows.sort((a, b) => (String(a) < String(b) ? -1 : 1));
}
