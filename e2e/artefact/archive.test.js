/**
 * The archive of a release, unpacked where nothing else is: `cargo xtask package` names it in
 * `FANLIGHT_ARCHIVE`.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { Viewer } from "../fanlight/api.js";
import { onTime, readFlights } from "../fanlight/flights.js";
import { startDemo } from "../fanlight/server.js";

const run = promisify(execFile);
const archive = process.env.FANLIGHT_ARCHIVE;

/** Nothing of ours, and no time zones. */
const BARE = { TZDIR: "/nonexistent" };

describe("the archive", () => {
  let folder, unpacked;
  before(async () => {
    assert.ok(archive, "FANLIGHT_ARCHIVE names the archive");
    folder = await mkdtemp(join(tmpdir(), "fanlight-archive-"));
    await run("tar", ["--extract", "--file", archive, "--directory", folder]);
    unpacked = join(folder, basename(archive, ".tar.gz"));
  });
  after(() => folder && rm(folder, { recursive: true, force: true }));

  it("has a checksum that fits", async () => {
    const checksum = `${basename(archive)}.sha256`;
    await run("sha256sum", ["--check", "--strict", checksum], { cwd: dirname(archive) });
  });

  it("unpacks to one folder with everything in it", async () => {
    assert.deepEqual(await readdir(folder), [basename(unpacked)]);
    const files = (await readdir(unpacked)).sort();
    assert.deepEqual(files, [
      "LICENSE-APACHE",
      "LICENSE-MIT",
      "LICENSES-THIRD-PARTY.txt",
      "README.md",
      "fanlight",
      "libduckdb.so",
      "packaging",
    ]);
    const licences = await readFile(join(unpacked, "LICENSES-THIRD-PARTY.txt"), "utf8");
    for (const part of ["DuckDB", "Inter", "tokio ", "echarts ", "lit "]) {
      assert.ok(licences.includes(part), part);
    }
  });

  it("finds the engine's library beside the program", async () => {
    const { stdout } = await run("ldd", [join(unpacked, "fanlight")], { env: BARE });
    assert.ok(stdout.includes(`=> ${join(unpacked, "libduckdb.so")}`), stdout);
  });

  it("serves the demo without an environment and knows time zones by itself", async () => {
    const binary = join(unpacked, "fanlight");
    const demo = await startDemo({ binary, environment: BARE });
    try {
      const viewer = await Viewer.of(demo, "UA");
      const flights = (await readFlights()).filter((flight) => flight.carrier === "UA");
      const { rows } = await viewer.panel("by_month");
      assert.deepEqual(rows, onTime(flights).by_month);
      const december = flights.filter((it) => it.time_hour.toISOString().startsWith("2013-12"));
      assert.notEqual(rows.at(-1)[1], december.length, "New York's December is not UTC's");
      await holdsTheWebParts(demo, viewer);
    } finally {
      await demo.stop();
    }
  });
});

async function holdsTheWebParts(demo, viewer) {
  const bundle = await fetch(`${demo.url}/bundle.js`);
  assert.equal(bundle.status, 200);
  assert.match(await bundle.text(), /fanlight-dashboard/);
  const page = await (await fetch(`${demo.url}/`)).text();
  const script = /src="(assets\/demo[^"]*\.js)"/.exec(page)?.[1];
  assert.equal((await fetch(`${demo.url}/${script}`)).status, 200, script);
  const picture = await fetch(`${demo.url}/embed/v1/panels/by_month/export`, {
    method: "POST",
    headers: { Authorization: `Bearer ${viewer.jwt}`, "Content-Type": "application/json" },
    body: JSON.stringify({ format: "pdf" }),
  });
  assert.equal(picture.status, 200);
  assert.equal(Buffer.from(await picture.arrayBuffer()).subarray(0, 4).toString(), "%PDF");
}
