import { headerShape } from './header-schema.js';
import { list, must, object } from './fields.js';
import { stageSchema } from './stage-schema.js';

const stages = list(stageSchema.meta({ id: 'stage', description: 'One step of the pipeline.' }), 'stages');

/** The whole language, for the JSON Schema. Loading checks stage by stage, so that one broken stage hides no other. */
export const definitionSchema = object({
  ...headerShape,
  stages: stages.min(1, must('a list of at least one stage')).describe('What the pipeline does.'),
  on_success: stages.optional().describe('Stages run after the run succeeded.'),
  on_failure: stages.optional().describe('Stages run after the run failed.'),
  finally: stages.optional().describe('Stages run at the very end, also after a cancellation.'),
});
