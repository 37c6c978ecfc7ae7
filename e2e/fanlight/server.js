/** The real binary, serving its demo on a free port from an empty data directory. */

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export const BINARY =
  process.env.FANLIGHT_BINARY ??
  new URL("../../target/debug/fanlight", import.meta.url).pathname;

/** How long a server may take to answer, or to leave after being asked to. */
const PATIENCE_MS = 60_000;

/**
 * Starts the demo and returns what it printed about itself, with `stop()`, which removes the data
 * directory, `log`, its lines so far, and `noted(pattern)`, which waits for a line of it.
 *
 * @param {object} [options]
 * @param {string} [options.directory] where its data goes: a new one unless told
 * @param {string} [options.binary]
 * @param {Record<string, string>} [options.environment] all of it: ours unless told
 * @returns {Promise<Record<string, any> & {
 *   log: string[], noted(pattern: RegExp): Promise<string>, stop(): Promise<void> }>}
 */
export async function startDemo({ directory, binary = BINARY, environment = process.env } = {}) {
  directory ??= await mkdtemp(join(tmpdir(), "fanlight-e2e-"));
  const args = ["demo", "--json", "--listen", "127.0.0.1:0", "--data-dir", directory];
  const stdio = ["ignore", "pipe", "pipe"];
  const server = spawn(binary, args, { stdio, env: environment });
  const log = [];
  createInterface({ input: server.stderr }).on("line", (line) => log.push(line));
  const ended = new Promise((resolve) => server.once("close", resolve));

  const stop = async () => {
    server.kill("SIGTERM");
    const killer = setTimeout(() => server.kill("SIGKILL"), PATIENCE_MS);
    await ended;
    clearTimeout(killer);
    await rm(directory, { recursive: true, force: true });
  };
  const noted = (pattern) => waitFor(() => log.find((line) => pattern.test(line)), String(pattern));
  try {
    return { ...JSON.parse(await firstLine(server)), log, noted, stop };
  } catch (error) {
    await stop();
    throw new Error(`the demo did not start: ${error.message}\n${log.join("\n")}`);
  }
}

/** Asks again and again until there is an answer. */
async function waitFor(ask, what) {
  for (const started = Date.now(); Date.now() - started < PATIENCE_MS; ) {
    const answer = ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`waited in vain for ${what}`);
}

function firstLine(server) {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error("no answer in time")), PATIENCE_MS);
    const settle = (outcome, value) => {
      clearTimeout(deadline);
      outcome(value);
    };
    createInterface({ input: server.stdout }).once("line", (line) => settle(resolve, line));
    server.once("error", (error) => settle(reject, error));
    server.once("exit", (code) => settle(reject, new Error(`it ended with ${code}`)));
  });
}
