import { defineStage, z } from 'sluice';
import { buildProfile } from '../lib/audio/build-profile.js';
import { analysis, profile } from '../lib/shapes.js';

export const profileAudio = defineStage({
  name: 'profile-audio',
  description: 'Judges what was measured: bars, sections, tone, texture, pulse',
  params: z.strictObject({ analysis, longest_section: z.int().min(1) }),
  output: profile,
  run: async ({ params, ctx }) => {
    const judged = buildProfile(params.analysis, { longestSection: params.longest_section });
    ctx.metrics.add('sections', judged.sections.length);
    ctx.log.info(`${judged.tone}, ${judged.texture}, ${judged.sections.length} sections`);
    return judged;
  },
});
