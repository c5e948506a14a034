import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'xmlbuilder2';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'sluice';
import type { TestPipelineOptions } from 'sluice/testing';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { llmServer } from '../../../test/support/llm-server.js';
import { fromProject } from '../lib/paths.js';
import type { Chapter } from '../lib/shapes.js';
import { chapter, review } from '../lib/shapes.js';
import { openBook } from './support/open-book.js';

const FILE = fromProject('pipelines/story.yaml');

const KEY = 'sk-not-to-be-seen';
let service: Awaited<ReturnType<typeof llmServer>>;

beforeAll(async () => {
  service = await llmServer();
  // The configuration reads these when it is loaded, as it does in a worker.
  vi.stubEnv('STORY_LLM_URL', service.url);
  vi.stubEnv('STORY_LLM_MODEL', 'storyteller');
  vi.stubEnv('STORY_LLM_KEY', KEY);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await closeTestServers();
  await service.close();
});

describe('the story pipeline', () => {
  it('goes from an idea to a complete book, its ornaments and its audio script', async () => {
    const { folder, result } = await run({ mode: 'full' });
    expect(result).toMatchObject({
      status: 'succeeded',
      partial: false,
      skipped_stages: ['told', 'retold'],
    });
    const chapters = chaptersOf(result.stages['manuscript']?.output);

    const book = await openBook(text(result.outputs['book']));
    expect(book.problems).toEqual([]);
    expect(book).toMatchObject({ title: result.outputs['title'], pictures: 6 });
    expect(book.contents).toEqual(chapters.map(({ title }) => title));
    expect(book.chapters).toHaveLength(6);
    for (const [index, { paragraphs }] of chapters.entries()) {
      for (const { text: words } of paragraphs) expect(book.chapters[index]).toContain(words);
    }

    const script = await readFile(text(result.outputs['audio_script']), 'utf8');
    expect(create(script).root().node.nodeName).toBe('speak');
    expect(script.match(/<mark /g)).toHaveLength(6);
    const catalogue: unknown = JSON.parse(await readFile(join(folder, 'catalogue.json'), 'utf8'));
    expect(catalogue).toMatchObject([{ run: result.run_id, words: result.metrics['words'] }]);
    expect(await readFile(join(folder, 'stories.log'), 'utf8')).toBe(`${result.run_id} succeeded\n`);
    expect(Object.keys(result.hooks)).toEqual(['catalogue', 'note']);
  });

  it('revises the chapters that the review finds weak, and no others', async () => {
    const { result } = await run({ mode: 'draft' });
    expect(result.skipped_stages).toEqual(['told', 'retold', 'pictures', 'audio_script']);
    const drafts = chaptersOf(result.stages['drafts']?.output);
    const revised = chaptersOf(result.stages['manuscript']?.output);
    const weak = z.object({ weak: z.array(z.int()) }).parse(result.stages['review']?.output).weak;
    expect(weak.length).toBeGreaterThan(0);
    expect(weak.length).toBeLessThan(6);
    const changed = revised.filter((each, index) => each.words !== drafts[index]?.words);
    expect(changed.map(({ number }) => number)).toEqual(weak);
    const proofs = z.object({ reviews: z.array(review) }).parse(result.stages['proofs']?.output).reviews;
    expect(proofs.flatMap(({ faults }) => faults)).toEqual([]);
    for (const number of weak) expect(proofs[number - 1]?.copied).toEqual([]);
  });

  it('takes title and author from the environment, and gives the same words for the same seed', async () => {
    const env = { STORY_TITLE: 'The Other Key & Co.', STORY_PICTURES: 'no' };
    const [first, second] = [await run({ env }), await run({ env })];
    expect(chaptersOf(second.result.stages['manuscript']?.output)).toEqual(
      chaptersOf(first.result.stages['manuscript']?.output),
    );
    const file = join(first.folder, 'the-other-key-co', 'book.epub');
    expect(first.result.outputs['book']).toBe(file);
    expect(await openBook(file)).toMatchObject({
      problems: [],
      pictures: 0,
      title: 'The Other Key &amp; Co.',
    });
    expect(first.result.stages['pictures']).toMatchObject({ status: 'skipped', skip_reason: 'condition' });
  });

  it('makes the book without ornaments and audio script when those fail', async () => {
    const broken = (what: string) => () => {
      throw new Error(what);
    };
    const { result } = await run({
      mode: 'full',
      mocks: { 'draw-picture': broken('the pen is dry'), 'write-audio-script': broken('no voice') },
    });
    expect(result).toMatchObject({ status: 'succeeded', partial: true, failed_stages: ['audio_script'] });
    expect(result.stages['pictures']).toMatchObject({ status: 'succeeded', items: { failed: 6 } });
    expect(result.stages['audio_script']).toMatchObject({ attempts: 3, error: { message: 'no voice' } });
    const book = await openBook(text(result.outputs['book']));
    expect(book).toMatchObject({ problems: [], pictures: 0 });
    expect(book.chapters).toHaveLength(6);
  });

  it('keeps what there is when the book cannot be assembled', async () => {
    const { folder, result } = await run({
      inputs: { chapters: 3 },
      mocks: {
        'assemble-book': () => {
          throw new Error('no paper');
        },
      },
    });
    expect(result).toMatchObject({ status: 'failed', failed_stages: ['book'] });
    expect(Object.keys(result.hooks)).toEqual(['draft', 'note']);
    const draft = await readFile(join(folder, 'drafts', `${result.run_id}.md`), 'utf8');
    expect(draft.match(/^## \d\. /gm)).toHaveLength(3);
    expect(draft).not.toContain('To be written');
    expect(await readFile(join(folder, 'stories.log'), 'utf8')).toContain('failed');
    await expect(access(join(folder, 'catalogue.json'))).rejects.toThrow('ENOENT');
  });

  it('has a model write and revise the chapters where one is configured', async () => {
    const answer = (told: string, noted: string) => {
      const paragraphs = [
        { kind: 'told', text: told },
        { kind: 'noted', text: noted },
      ];
      return { kind: 'answer', text: JSON.stringify({ paragraphs }) } as const;
    };
    service.next({ kind: 'status', status: 500 });
    for (const night of [1, 2, 3]) service.next(answer('It was late.', `This was night ${night}.`));
    for (const lamp of ['first', 'second', 'third']) {
      service.next(
        answer(
          'She went up with the lamp and looked at the wall for a long time.',
          `I lit the ${lamp} lamp.`,
        ),
      );
    }
    const { result } = await run({
      inputs: { chapters: 3, min_words: 15 },
      env: { STORY_WRITER: 'llm', STORY_PICTURES: 'no' },
    });

    expect(result).toMatchObject({ status: 'succeeded', metrics: { model_calls: 6, weak_chapters: 3 } });
    expect(result.skipped_stages).toEqual(['chapters', 'revise', 'pictures', 'audio_script']);
    expect(service.asked).toHaveLength(7);
    expect(service.asked[0]).toMatchObject({
      headers: { authorization: `Bearer ${KEY}` },
      body: { model: 'storyteller' },
    });
    expect(JSON.stringify(service.asked.at(-1)?.body)).toContain('words are too few');
    const book = await openBook(text(result.outputs['book']));
    expect(book.problems).toEqual([]);
    expect(book.chapters.filter((text) => text.includes('She went up with the lamp'))).toHaveLength(3);
    expect(JSON.stringify(result)).not.toContain(KEY);
  });
});

function chaptersOf(output: unknown): readonly Chapter[] {
  return z.object({ chapters: z.array(chapter) }).parse(output).chapters;
}

function text(value: unknown): string {
  return z.string().parse(value);
}

type Run = { readonly folder: string; readonly result: Awaited<ReturnType<typeof testPipeline>> };

async function run({ env, ...options }: TestPipelineOptions): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'story-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const result = await testPipeline(FILE, { ...options, env: { ...process.env, STORY_OUT: folder, ...env } });
  return { folder, result };
}
