import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'sluice';
import type { TestPipelineOptions } from 'sluice/testing';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { llmServer } from '../../../test/support/llm-server.js';
import { fromProject } from '../lib/paths.js';
import { analysis, macroPlan } from '../lib/shapes.js';
import { schemaProblems, sequenceOf } from './support/sequence.js';

const FILE = fromProject('pipelines/light-show.yaml');

const KEY = 'sk-not-to-be-seen';
let service: Awaited<ReturnType<typeof llmServer>>;

beforeAll(async () => {
  service = await llmServer();
  // The configuration reads these when it is loaded, as it does in a worker.
  vi.stubEnv('SHOW_LLM_URL', service.url);
  vi.stubEnv('SHOW_LLM_MODEL', 'designer');
  vi.stubEnv('SHOW_LLM_KEY', KEY);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeTestServers();
  await service.close();
});

/** The stages that ask a model, which are skipped where the seed plans. */
const ASKING = ['show_ideas', 'group_ideas'];

describe('the light-show pipeline', () => {
  it('turns a loop with words into a sequence that fits its schema, and a picture of it', async () => {
    const { folder, result } = await run({});
    expect(result).toMatchObject({ status: 'succeeded', partial: false, skipped_stages: ASKING });
    expect(result.state).toEqual({ has_lyrics: true });
    expect(result.metrics).toMatchObject({ beats: 24, lines: 4 });
    expect(result.stages['groups']).toMatchObject({ items: { total: 6, succeeded: 6 } });
    expect(result.stages['ready']?.output).toMatchObject({ passed: true, pass_rate: 1 });

    const xml = await readFile(join(folder, 'loop-electric-97bpm.xsq'), 'utf8');
    expect(await schemaProblems(xml)).toEqual([]);
    const sequence = sequenceOf(xml);
    expect(sequence.durationMs).toBe(14_850);
    const heard = analysis.parse(result.stages['audio']?.output);
    expect(sequence.marks['Beats']).toEqual(heard.beats.map((beat) => Math.round(beat.start_ms / 25) * 25));
    expect(sequence.texts).toEqual([
      'Snow on the wire',
      'light in the lane',
      'count to four',
      'and round again',
    ]);
    expect(sequence.effects).toBe(result.outputs['effects']);
    expect(sequence.overlaps).toEqual([]);
    expect(sequence.models).toHaveLength(19);

    const picture = await readFile(join(folder, 'loop-electric-97bpm.svg'), 'utf8');
    expect(picture.match(/<path /g)?.length).toBeGreaterThan(sequence.effects);
    expect(picture).not.toMatch(/NaN|undefined/);
  });

  it('skips the words of a loop that has none, and fills their place', async () => {
    const { folder, result } = await run({ inputs: { audio: 'data/loop-breakbeat-126bpm.wav' } });
    expect(result).toMatchObject({ status: 'succeeded', partial: false });
    expect(result.skipped_stages).toEqual(['lyrics', ...ASKING]);
    expect(result.stages['lyrics']).toMatchObject({ status: 'skipped', skip_reason: 'condition' });
    const sequence = sequenceOf(await readFile(join(folder, 'loop-breakbeat-126bpm.xsq'), 'utf8'));
    expect(sequence.texts).toEqual([]);
    expect(sequence.marks['Lyrics']).toBeUndefined();
    const leads = macroPlan.parse(result.stages['macro']?.output).sections.map(({ lead }) => lead);
    expect(leads).not.toContain('words');
  });

  it('makes the show without the words when they cannot be read', async () => {
    const folder = await outFolder();
    const audio = join(folder, 'song.wav');
    await writeFile(audio, await readFile(fromProject('data/loop-electric-97bpm.wav')));
    await writeFile(join(folder, 'song.lrc'), 'words without any times\n');
    const { result } = await run({ inputs: { audio } });
    expect(result).toMatchObject({ status: 'succeeded', partial: true, failed_stages: ['lyrics'] });
    expect(result.stages['lyrics']).toMatchObject({ attempts: 1, error: { type: 'AudioError' } });
    expect(result.stages['sequence']?.output).toMatchObject({ problems: [] });
  });

  it('stops at once, and says why, when the file is no audio', async () => {
    const { result } = await run({ inputs: { audio: 'package.json' } });
    expect(result).toMatchObject({ status: 'failed', failed_stages: ['audio'] });
    expect(result.stages['audio']?.error?.message).toContain('package.json is not an audio file');
    expect(result.stages['audio']).toMatchObject({ attempts: 1 });
    expect(result.stages['macro']).toMatchObject({ status: 'skipped', skip_reason: 'upstream' });
  });

  it('follows the ideas of a model, mends those that do not fit, and does without those it does not get', async () => {
    const colours = ['#101010', '#ff8800', '#00ccff'];
    const sections = [{ section: 1, lead: 'accent', intensity: 0.5 }];
    const idea = { section: 1, effect: 'Twinkle', colour: 1, backwards: false };
    const answer = (value: unknown) => ({ kind: 'answer', text: JSON.stringify(value) }) as const;
    service.next(
      answer({ colours: ['orange'], sections }),
      answer({ colours, sections }),
      { kind: 'status', status: 400, body: 'no' },
      ...Array.from({ length: 5 }, () => answer({ sections: [idea] })),
    );
    const { result } = await run({ env: { SHOW_PLANNER: 'llm' } });
    expect(result).toMatchObject({ status: 'succeeded', partial: true, skipped_stages: [] });
    expect(result.stages['show_ideas']).toMatchObject({ output: { repairs: 1 } });
    expect(result.stages['group_ideas']).toMatchObject({ items: { total: 6, succeeded: 5, failed: 1 } });
    const macro = macroPlan.parse(result.stages['macro']?.output);
    expect(macro.colours).toEqual(colours);
    expect(macro.sections[0]).toMatchObject({ lead: 'accent', intensity: 0.5 });
    expect(macro.sections.slice(1).map(({ lead }) => lead)).not.toContain('accent');
    expect(result.stages['sequence']?.output).toMatchObject({ problems: [] });
    expect(result.stages['ready']?.output).toMatchObject({ passed: true });
    const asked = JSON.stringify(service.asked.map(({ body }) => body['messages']));
    expect(asked).toContain('Snow on the wire');
    expect(asked).toContain(colours[1]);
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  it('does not start with a planner that does not exist', async () => {
    const { result } = await run({ env: { SHOW_PLANNER: 'magic' } });
    expect(result).toMatchObject({ status: 'failed', failed_stages: ['settings'] });
  });

  it('keeps to the power supply of the display, and says what it dimmed', async () => {
    const folder = await outFolder();
    const file = join(folder, 'display.json');
    const shipped = z
      .looseObject({})
      .parse(JSON.parse(await readFile(fromProject('data/display.json'), 'utf8')));
    await writeFile(file, JSON.stringify({ ...shipped, budget_amps: 10 }));
    const { result } = await run({ env: { DISPLAY_FILE: file } });
    expect(result.status).toBe('succeeded');
    const { dimmed, peak_amps } = z
      .object({ dimmed: z.int(), peak_amps: z.number() })
      .parse(result.stages['show']?.output);
    expect(dimmed).toBeGreaterThan(0);
    expect(peak_amps).toBeLessThanOrEqual(10.001);
    expect(peak_amps).toBeGreaterThan(9);
  });
});

type Run = { readonly folder: string; readonly result: Awaited<ReturnType<typeof testPipeline>> };

async function run({ env, ...options }: TestPipelineOptions): Promise<Run> {
  const folder = await outFolder();
  const result = await testPipeline(FILE, { ...options, env: { ...process.env, OUT_DIR: folder, ...env } });
  return { folder, result };
}

async function outFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'twinklr-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
