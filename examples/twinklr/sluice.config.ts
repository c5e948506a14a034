import { defineConfig } from 'sluice';
import { llmNodes } from 'sluice/nodes';
import { modelsOf, schemas } from './lib/models.js';
import { analyseAudio } from './stages/analyse-audio.js';
import { balanceShowStage } from './stages/balance-show.js';
import { drawShowStage } from './stages/draw-show.js';
import { planGroupStage } from './stages/plan-group.js';
import { planShowStage } from './stages/plan-show.js';
import { profileAudio } from './stages/profile-audio.js';
import { readDisplay } from './stages/read-display.js';
import { readLyricsStage } from './stages/read-lyrics.js';
import { renderSequence } from './stages/render-sequence.js';

export default defineConfig({
  stages: [
    analyseAudio,
    profileAudio,
    readLyricsStage,
    planShowStage,
    readDisplay,
    planGroupStage,
    balanceShowStage,
    renderSequence,
    drawShowStage,
    ...llmNodes({ models: modelsOf(process.env), schemas }),
  ],
  pipelines: { 'light-show': './pipelines/light-show.yaml' },
});
