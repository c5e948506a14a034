import { readFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { closeTestServers, testPipeline } from 'sluice/testing';
import { fromProject } from '../lib/from-project.js';
import moods from '../pipelines/moods.js';

afterAll(closeTestServers);

type Classified = {
  readonly label: string;
  readonly data: { readonly label: string; readonly text: string };
};
type Quality = { readonly accuracy: number; readonly examples: number; readonly baseline_accuracy: number };
type Review = { readonly title: string; readonly summary: string; readonly mood: string };
type Document = {
  readonly name: string;
  readonly chunks: number;
  readonly left_out: number;
  readonly digest: string;
};

describe('text processing', () => {
  it('trains a filter that is right on messages that it has never seen', async () => {
    const result = await testPipeline(fromProject('pipelines/text-processing.yaml'), {
      inputs: { known: 1500, total: 1900 },
    });
    expect(result).toMatchObject({ status: 'succeeded', partial: false, skipped_stages: [] });
    const quality = result.outputs['quality'] as Quality;
    expect(quality.accuracy).toBeGreaterThan(0.96);
    expect(quality.examples).toBeGreaterThan(200);
    // The box of new messages is the end of the file: its labels there decide who is right.
    const lines = (await readFile(fromProject('data/sms_spam.tsv'), 'utf8')).split('\n').slice(1500, 1900);
    const truth = lines.map((line) => line.slice(0, line.indexOf('\t')));
    const classified = (result.stages['classify']?.output ?? []) as readonly Classified[];
    const given = classified.map(({ label }) => label);
    const right = given.filter((label, place) => label === truth[place]).length / truth.length;
    expect(given).toHaveLength(400);
    expect(right).toBeGreaterThan(0.96);
    expect(result.outputs['inbox_accuracy']).toBeCloseTo(right, 10);
  });
});

describe('LLM processing', () => {
  it('summarises texts in their own words and leaves out what may not be shown', async () => {
    const texts = [
      { file: 'data/inaugural-1861-Lincoln.txt' },
      { file: 'data/gutenberg-1952-yellow-wallpaper.txt', after: '*** START OF', before: '*** END OF' },
    ];
    const result = await testPipeline(fromProject('pipelines/llm-processing.yaml'), {
      inputs: { texts, blocked: ['wallpaper'], question: 'What is behind the paper on the wall?' },
    });
    expect(result).toMatchObject({ status: 'succeeded', partial: false, outputs: { cost: 0 } });
    const [lincoln, story] = (result.stages['documents']?.output ?? []) as readonly Document[];
    expect(lincoln).toMatchObject({ name: 'inaugural-1861-Lincoln', left_out: 0 });
    expect(story?.left_out).toBeGreaterThan(0);
    expect(story?.digest.toLowerCase()).not.toContain('wallpaper');
    const from = result.outputs['from'] as readonly string[];
    expect(from[0]).toBe('gutenberg-1952-yellow-wallpaper');

    const source = await plainText(texts.map(({ file }) => file));
    const reviews = result.outputs['reviews'] as ReadonlyArray<{ readonly review: Review }>;
    for (const { review } of reviews) expect(source).toContain(review.summary.slice(0, 60));
    expect(source).toContain((result.outputs['answer'] as string).slice(0, 60));
    expect(reviews.map(({ review }) => review.mood)).toEqual(['positive', 'negative']);
  });
});

describe('moods, a pipeline in TypeScript', () => {
  const project = { configDir: fromProject('.') };

  it('scores every part of a text and sums up the dark ones in their own words', async () => {
    const result = await testPipeline(moods, project);
    expect(result).toMatchObject({ status: 'succeeded', skipped_stages: [] });
    const groups = result.outputs['moods'] as ReadonlyArray<{ readonly key: string; readonly count: number }>;
    const counts = new Map(groups.map(({ key, count }) => [key, count]));
    expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(result.outputs['parts']);
    expect(result.outputs['dark']).toBe(counts.get('negative'));
    const source = await plainText(['data/inaugural-1865-Lincoln.txt']);
    expect(source).toContain((result.outputs['worries'] as string).slice(0, 60));
  });

  it('asks no model where nothing is dark, and stops where there is nothing to compare', async () => {
    const bright = { 'score-sentiment': () => ({ score: 1, label: 'positive' }) };
    const result = await testPipeline(moods, { ...project, mocks: bright });
    expect(result).toMatchObject({
      status: 'succeeded',
      skipped_stages: ['digest'],
      outputs: { worries: '' },
    });
    const short = await testPipeline(moods, { ...project, inputs: { at_least: 1000 } });
    expect(short).toMatchObject({ status: 'failed', failed_stages: ['enough'] });
  });
});

/** The texts with every run of white space as one blank, as the pipeline cleans them. */
async function plainText(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(fromProject(file), 'utf8')));
  return texts.join('\n').normalize('NFKC').replaceAll(/\s+/g, ' ');
}
