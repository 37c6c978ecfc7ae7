/** What a viewer sees of a dashboard, read from the page by the words on it. */

/** A dashboard on a page, or in a frame of one. */
export class Dashboard {
  /** @param {import("playwright-core").Page | import("playwright-core").FrameLocator} page */
  constructor(page) {
    this.page = page;
  }

  panel(title) {
    return this.page.getByRole("group", { name: title, exact: true });
  }

  /** Waits until no panel is on its way any more. */
  async settled() {
    await this.panel("Flights").waitFor().catch((error) => this.#explain(error));
    await this.page.locator("[data-panel][aria-busy=true]").first().waitFor({ state: "detached" });
  }

  /** A page that never gets there says why, if it was made well. */
  async #explain(error) {
    const shown = await this.page.locator("body").innerText();
    throw new Error(`${error.message}\nThe page says: ${shown}`);
  }

  /** The exact figure of a KPI. */
  async figure(title) {
    const text = await this.panel(title).locator(".figure").getAttribute("title");
    return number(text);
  }

  /** The rows of a table, cell by cell, as written. */
  async rows(title) {
    const rows = await this.panel(title).locator("tbody tr").all();
    return Promise.all(rows.map((row) => row.locator("td, th").allInnerTexts()));
  }

  /** A chart's rows, by its own button that shows them as a table. */
  async chartRows(title) {
    await this.page.getByRole("button", { name: `View as table: ${title}` }).click();
    const rows = await this.rows(title);
    await this.page.getByRole("button", { name: `View as chart: ${title}` }).click();
    return rows;
  }

  /** Chooses values of a multi-select by its label. */
  async choose(label, values) {
    await this.page.getByRole("button", { name: new RegExp(`^${label}`) }).click();
    for (const value of values) {
      await this.page.getByRole("option", { name: value, exact: true }).click();
    }
    await this.page.getByRole("listbox", { name: label }).press("Escape");
  }
}

/** `-6.9` of "−6.9 min", `58665` of "58,665". */
export function number(text) {
  const digits = text.replace(/−/g, "-").replace(/[^-\d.]/g, "");
  return digits === "" ? Number.NaN : Number(digits);
}
