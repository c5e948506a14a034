import { defineConfig } from 'sluice';
import { llmNodes } from 'sluice/nodes';
import { modelsOf, schemas } from './lib/models.js';
import { assembleBook } from './stages/assemble-book.js';
import { catalogueBook } from './stages/catalogue-book.js';
import { collectChapters } from './stages/collect-chapters.js';
import { drawPicture } from './stages/draw-picture.js';
import { findIdea } from './stages/find-idea.js';
import { keepDraft } from './stages/keep-draft.js';
import { outlineStory } from './stages/outline-story.js';
import { reviewChaptersStage } from './stages/review-chapters.js';
import { reviseChapter } from './stages/revise-chapter.js';
import { writeAudioScript } from './stages/write-audio-script.js';
import { writeChapterStage } from './stages/write-chapter.js';

export default defineConfig({
  stages: [
    findIdea,
    outlineStory,
    writeChapterStage,
    collectChapters,
    reviewChaptersStage,
    reviseChapter,
    drawPicture,
    writeAudioScript,
    assembleBook,
    catalogueBook,
    keepDraft,
    ...llmNodes({ models: modelsOf(process.env), schemas }),
  ],
  pipelines: { story: './pipelines/story.yaml' },
});
