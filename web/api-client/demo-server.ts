/** The real binary, serving its demo on a free port from an empty folder, for tests. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BINARY =
  process.env.FANLIGHT_BINARY ??
  fileURLToPath(new URL('../../target/debug/fanlight', import.meta.url));

export interface DemoServer {
  readonly url: string;
  /** Opens a group that has no customers yet. */
  readonly testing_token: string;
  stop(): Promise<void>;
}

export async function startDemo(): Promise<DemoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fanlight-client-'));
  const args = ['demo', '--json', '--listen', '127.0.0.1:0', '--data-dir', folder];
  const server = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = async () => {
    await end(server);
    await rm(folder, { recursive: true, force: true });
  };
  const [line] = await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    once(server, 'exit').then(() => Promise.reject(new Error('the demo did not start'))),
  ]);
  return { ...JSON.parse(line), stop };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}
