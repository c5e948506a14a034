import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'xmlbuilder2';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'sluice';
import type { TestPipelineOptions } from 'sluice/testing';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { fromProject } from '../lib/paths.js';
import type { Chapter } from '../lib/shapes.js';
import { chapter, review } from '../lib/shapes.js';
import { openBook } from './support/open-book.js';

const FILE = fromProject('pipelines/story.yaml');

afterAll(closeTestServers);

describe('the story pipeline', () => {
  it('goes from an idea to a complete book, its ornaments and its audio script', async () => {
    const { folder, result } = await run({ mode: 'full' });
    expect(result).toMatchObject({ status: 'succeeded', partial: false, skipped_stages: [] });
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
    expect(result.skipped_stages).toEqual(['pictures', 'audio_script']);
    const drafts = chaptersOf({ chapters: result.stages['chapters']?.output });
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

  it('makes the book without ornaments when they cannot be drawn', async () => {
    const { result } = await run({
      mocks: {
        'draw-picture': () => {
          throw new Error('the pen is dry');
        },
      },
    });
    expect(result).toMatchObject({ status: 'succeeded', partial: true, failed_stages: ['pictures'] });
    expect(result.stages['pictures']?.error?.message).toContain('the pen is dry');
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
