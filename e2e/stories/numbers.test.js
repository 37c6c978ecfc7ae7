/** Every airline's dashboard shows what stands in the file. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Viewer } from "../fanlight/api.js";
import { carriers, onTime, readFlights } from "../fanlight/flights.js";
import { startDemo } from "../fanlight/server.js";

const flights = await readFlights();

describe("the numbers of every airline", () => {
  let demo;
  before(async () => {
    demo = await startDemo();
  });
  after(() => demo?.stop());

  for (const carrier of carriers(flights)) {
    it(`${carrier}: every panel equals the file`, async () => {
      const own = flights.filter((flight) => flight.carrier === carrier);
      const viewer = await Viewer.of(demo, carrier);
      await checkPanels(viewer, onTime(own));
      await checkRecent(viewer, own);
    });
  }

  it("a station sees its airline's flights from its own airport", async () => {
    const own = flights.filter((it) => it.carrier === "UA" && it.origin === "JFK");
    await checkPanels(await Viewer.of(demo, "UA-JFK"), onTime(own));
  });
});

async function checkPanels(viewer, expected) {
  assert.deepEqual((await viewer.panel("flights")).rows, [[expected.flights]]);
  closeTo((await viewer.panel("avg_dep_delay")).rows, [[expected.avg_dep_delay]]);
  closeTo((await viewer.panel("by_month")).rows, expected.by_month);
  closeTo(sorted((await viewer.panel("delay_share")).rows), sorted(expected.delay_share));
  checkDestinations((await viewer.panel("destinations")).rows, expected.destinations);
}

/** The ten most flown; among equally flown ones at the end any may stand. */
function checkDestinations(rows, expected) {
  assert.equal(rows.length, Math.min(10, expected.length));
  assert.deepEqual(
    rows.map((row) => row[1]),
    expected.slice(0, 10).map((row) => row[1]),
  );
  const byName = new Map(expected.map((row) => [row[0], row]));
  for (const row of rows) closeTo([row], [byName.get(row[0])]);
}

/** The first page: newest first, and each row one of the file's. */
async function checkRecent(viewer, own) {
  const answer = await viewer.panel("recent", { page: 1, page_size: 20 });
  const at = (name) => answer.columns.findIndex((column) => column.name === name);
  assert.equal(answer.total_rows, own.length);
  const newest = own.map((it) => it.time_hour.getTime()).sort((a, b) => b - a);
  assert.deepEqual(
    answer.rows.map((row) => Date.parse(row[at("time_hour")])),
    newest.slice(0, 20),
  );
  const known = new Set(own.map((it) => `${it.flight} ${it.dest} ${it.time_hour.getTime()}`));
  for (const row of answer.rows) {
    const name = `${row[at("flight")]} ${row[at("dest")]} ${Date.parse(row[at("time_hour")])}`;
    assert.ok(known.has(name), `no such flight of this airline: ${name}`);
  }
}

/** Equal but for the last digits of means and shares, which engines add up in their own order. */
function closeTo(actual, expected) {
  assert.equal(actual.length, expected.length);
  actual.forEach((row, index) => {
    assert.equal(row.length, expected[index].length);
    row.forEach((value, column) => {
      const wanted = expected[index][column];
      const equal =
        typeof wanted === "number" && typeof value === "number"
          ? Math.abs(value - wanted) <= 1e-9 * Math.max(1, Math.abs(wanted))
          : value === wanted;
      assert.ok(equal, `row ${index}: ${JSON.stringify(row)} is not ${JSON.stringify(expected[index])}`);
    });
  });
}

function sorted(rows) {
  return rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1));
}
