/** What an airline sees on its dashboard, and what a filter does to it. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { number } from "../fanlight/dashboard.js";
import { onTime, readFlights } from "../fanlight/flights.js";
import { setStage } from "../fanlight/stage.js";

const flights = await readFlights();

describe("an airline's dashboard", () => {
  const stage = setStage();

  for (const carrier of ["UA", "DL", "HA"]) {
    it(`shows ${carrier} its own numbers`, async () => {
      const expected = onTime(flights.filter((flight) => flight.carrier === carrier));
      const { page, dashboard } = await stage.dashboardOf(carrier);
      await checkNumbers(dashboard, expected);
      assert.deepEqual(page.faults, []);
      await page.context().close();
    });
  }

  it("follows the origin that the viewer chooses", async () => {
    const own = flights.filter((flight) => flight.carrier === "UA");
    const { page, dashboard } = await stage.dashboardOf("UA");
    await dashboard.choose("Origin", ["JFK"]);
    await checkNumbers(dashboard, onTime(own.filter((flight) => flight.origin === "JFK")));
    await dashboard.choose("Origin", ["LGA"]);
    await checkNumbers(dashboard, onTime(own.filter((flight) => flight.origin !== "EWR")));
    await page.context().close();
  });

  it("turns the pages of the table and sorts it on the server", async () => {
    const { page, dashboard } = await stage.dashboardOf("HA");
    const table = dashboard.panel("Latest flights");
    const first = await dashboard.rows("Latest flights");
    await table.getByRole("button", { name: /next/i }).click();
    await changed(() => dashboard.rows("Latest flights"), first);
    await table.getByRole("button", { name: "Departure delay" }).click();
    await changed(() => dashboard.rows("Latest flights"), first);
    await page.context().close();
  });
});

/** Waits for the flights' number, which tells that all panels have the new rows, then compares. */
async function checkNumbers(dashboard, expected) {
  await until(async () => (await dashboard.figure("Flights")) === expected.flights);
  await dashboard.settled();
  const delay = await dashboard.figure("Average departure delay");
  assert.ok(Math.abs(delay - expected.avg_dep_delay) <= 0.05, `mean delay ${delay}`);

  const months = await dashboard.chartRows("Flights per month");
  assert.deepEqual(
    months.map((row) => number(row.at(-1))),
    expected.by_month.map((row) => row[1]),
  );
  const destinations = await dashboard.rows("Ten most flown destinations");
  assert.deepEqual(
    destinations.map((row) => [row[0].trim(), number(row[1])]),
    expected.destinations.slice(0, 10).map((row) => row.slice(0, 2)),
  );
  const shares = await dashboard.chartRows(
    "Share of flights that departed more than 15 minutes late",
  );
  assert.equal(shares.length, expected.delay_share.length);
}

function changed(read, before) {
  return until(async () => JSON.stringify(await read()) !== JSON.stringify(before));
}

/** Looks again until it holds. The deadline is the story's failure, not a wait. */
async function until(holds, deadline = Date.now() + 20_000) {
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
