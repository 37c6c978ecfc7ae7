/** The README's tour, typed as written: its commands, in order, in one shell. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { openBrowser } from "../fanlight/browser.js";
import { Dashboard } from "../fanlight/dashboard.js";
import { readFlights } from "../fanlight/flights.js";
import { BINARY, startDemo } from "../fanlight/server.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("the README's tour", () => {
  let home, demo, browser, shell;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), "fanlight-tour-"));
    const data = join(home, ".local/share/fanlight/demo");
    await mkdir(data, { recursive: true });
    await symlink(join(ROOT, "demo"), join(home, "demo"));
    demo = await startDemo({ directory: data });
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    if (shell) process.kill(-shell.pid, "SIGTERM");
    await demo?.stop();
    await rm(home, { recursive: true, force: true });
  });

  it("works as written", { timeout: 120_000 }, async () => {
    const port = await freePort();
    const commands = (await tour())
      .replaceAll("127.0.0.1:8080", new URL(demo.url).host)
      .replaceAll("127.0.0.1:8090", `127.0.0.1:${port}`);
    const output = await type(commands);
    assert.match(output, /"new_customer":\s*true/);
    assert.match(output, /"dashboards"/);

    const page = await browser.newPage();
    await page.goto(pathToFileURL(join(home, "my-page.html")).href);
    const dashboard = new Dashboard(page);
    await dashboard.settled();
    const flights = await readFlights();
    const seen = flights.filter((it) => it.carrier === "UA" && it.origin === "LGA");
    assert.equal(await dashboard.figure("Flights"), seen.length);
  });

  /** Runs the commands in an empty home and returns what they printed. */
  function type(commands) {
    const env = { ...process.env, HOME: home, PATH: `${dirname(BINARY)}:${process.env.PATH}` };
    delete env.XDG_DATA_HOME;
    shell = spawn("bash", ["-euo", "pipefail", "-c", commands], {
      cwd: home,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (text) => (output += text));
    return new Promise((resolve, reject) => {
      // The server that the tour starts last goes on running and keeps the pipes open.
      shell.once("exit", (code) =>
        code === 0 ? resolve(output) : reject(new Error(`the tour ended with ${code}:\n${output}`)),
      );
    });
  }
});

/** The commands of the tour, but for the one that builds and starts the demo. */
async function tour() {
  const text = await readFile(join(ROOT, "README.md"), "utf8");
  const section = text.slice(text.indexOf("## A tour"), text.indexOf("## Documentation"));
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]);
  assert.ok(blocks.length > 5, "the tour has its commands in blocks marked `sh`");
  return blocks.filter((block) => !block.startsWith("cargo xtask")).join("\n");
}

function freePort() {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
