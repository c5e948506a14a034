import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { EnvHttpProxyAgent, fetch } from 'undici';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import type { Tool } from './tools.js';

const HOST = 'https://temporal.download';
/** A blocked host often does not answer at all: give way soon. */
const ANSWER_WITHIN_MS = 5_000;
const SILENT_FOR_MS = 30_000;

/** The fields of the download host's answer that matter here. */
const downloadInfo = z.object({ archiveUrl: z.url(), fileToExtract: z.string().min(1) });

/**
 * Downloads the official release of a tool into a folder, the way the Temporal SDKs do it. Throws when the host cannot
 * be reached within five seconds or holds nothing for this system.
 */
export async function downloadTool(tool: Tool, folder: string): Promise<void> {
  const agent = proxyAgent();
  try {
    await downloadThrough(agent, tool, folder);
  } finally {
    // Not close(), which would wait for the rest of an answer that nobody reads.
    await agent.destroy();
  }
}

/** {@link downloadTool} by a given way to the network. */
export async function downloadThrough(agent: Dispatcher, tool: Tool, folder: string): Promise<void> {
  const info = await askForArchive(tool, agent);
  const archive = join(folder, 'archive');
  const unpacked = join(folder, 'unpacked');
  await saveTo(archive, info.archiveUrl, agent);
  await mkdir(unpacked);
  await execa('tar', ['-xf', archive, '-C', unpacked]);
  await rename(join(unpacked, info.fileToExtract), join(folder, tool.file));
  await chmod(join(folder, tool.file), 0o755);
  await rm(archive);
  await rm(unpacked, { recursive: true });
}

/** Honours HTTPS_PROXY and NO_PROXY. */
function proxyAgent(): Dispatcher {
  return new EnvHttpProxyAgent({
    connect: { timeout: ANSWER_WITHIN_MS },
    bodyTimeout: SILENT_FOR_MS,
    headersTimeout: SILENT_FOR_MS,
  });
}

async function askForArchive(tool: Tool, agent: Dispatcher): Promise<z.infer<typeof downloadInfo>> {
  const query = new URLSearchParams({ platform: platform(), arch: architecture(), format: archiveFormat() });
  const response = await fetch(`${HOST}/${tool.artifact}/v${tool.version}?${query.toString()}`, {
    dispatcher: agent,
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!response.ok) throw new Error(`the host answered with status ${response.status}`);
  const info = downloadInfo.safeParse(await response.json().catch(() => null));
  if (!info.success) throw new Error('the host answered with something that is no download');
  return info.data;
}

async function saveTo(file: string, url: string, agent: Dispatcher): Promise<void> {
  const response = await fetch(url, { dispatcher: agent });
  if (!response.ok || response.body === null)
    throw new Error(`${url} answered with status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

function platform(): string {
  return process.platform === 'win32' ? 'windows' : process.platform;
}

function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch;
}

function archiveFormat(): string {
  return process.platform === 'win32' ? 'zip' : 'tar.gz';
}
