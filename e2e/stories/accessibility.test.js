/** Nothing that axe calls serious or critical, in light and in dark, wide and narrow. */

import axe from "axe-core";
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { setStage } from "../fanlight/stage.js";

describe("accessibility", () => {
  const stage = setStage();

  for (const colorScheme of ["light", "dark"]) {
    for (const width of [390, 1280]) {
      it(`of the dashboard, ${colorScheme}, ${width} pixels wide`, async () => {
        const viewport = { width, height: 1000 };
        const { page } = await stage.dashboardOf("UA", { colorScheme, viewport });
        await check(page);
      });
    }

    it(`of an open list of choices, ${colorScheme}`, async () => {
      const { page } = await stage.dashboardOf("UA", { colorScheme });
      await page.getByRole("button", { name: /^Origin/ }).click();
      await page.getByRole("option", { name: "JFK" }).waitFor();
      await check(page);
    });

    it(`of an open calendar, ${colorScheme}`, async () => {
      const { page } = await stage.dashboardOf("UA", { colorScheme });
      await page.getByRole("button", { name: /^Period/ }).click();
      await page.getByRole("dialog").waitFor();
      await check(page);
    });

    it(`of the state that an expired token leaves, ${colorScheme}`, async () => {
      const token = await stage.token("UA", -60);
      const page = await stage.open({ "dash-jwt": token }, { colorScheme });
      await page.getByRole("alert").waitFor();
      await check(page);
    });

    it(`of the demo's front page, ${colorScheme}`, async () => {
      const page = await stage.visit(stage.demo.url, { colorScheme });
      await page.getByRole("group", { name: "Flights", exact: true }).waitFor();
      await check(page);
    });
  }
});

async function check(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run());
  const faults = violations
    .filter((fault) => ["serious", "critical"].includes(fault.impact))
    .map((fault) => `${fault.id}: ${fault.help}\n${fault.nodes.map((node) => node.html).join("\n")}`);
  assert.deepEqual(faults, []);
  await page.context().close();
}
