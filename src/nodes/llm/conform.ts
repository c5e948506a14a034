import type { ModelMessage } from 'ai';
import { StageFailure } from '../../activities/stage-failure.js';
import { NODE_ERROR } from '../node-errors.js';
import { type AnswerSchema, fit } from './answer-schema.js';
import { askModel, type Asking, type Question } from './ask-model.js';

export type Conformed = { readonly value: unknown; readonly repairs: number };

type Conversation = {
  /** The conversation until the answer. */
  readonly question: Question;
  readonly answer: string;
  readonly schema: AnswerSchema;
  readonly maxRepairs: number;
};

/** How a model is told what to answer with. */
export function instruction({ json }: AnswerSchema): string {
  return `Answer with JSON that fits this JSON Schema, and with nothing else:\n${JSON.stringify(json)}`;
}

/**
 * The value in an answer. Where it does not fit, the model is shown its answer with what is wrong and asked again, as
 * often as `maxRepairs` says; then `OutputMismatch` tells what was wrong last.
 */
export async function conform(conversation: Conversation, asking: Asking | null): Promise<Conformed> {
  const { question, schema, maxRepairs } = conversation;
  let { answer } = conversation;
  const messages: ModelMessage[] = [...question.messages];
  for (let repairs = 0; ; repairs += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each answer depends on the one before
    const found = await fit(answer, schema);
    if ('value' in found) return { value: found.value, repairs };
    if (asking === null || repairs >= maxRepairs) throw mismatch(answer, found.problem, repairs);
    asking.ctx.metrics.add('repairs', 1);
    asking.ctx.log.warn(`The answer does not fit, the model is asked again: ${found.problem}`);
    const again = `This does not fit:\n${found.problem}\n${instruction(schema)}`;
    messages.push({ role: 'assistant', content: answer }, { role: 'user', content: again });
    // oxlint-disable-next-line no-await-in-loop -- each answer depends on the one before
    answer = (await askModel({ ...question, messages }, asking)).text;
  }
}

function mismatch(answer: string, problem: string, repairs: number): StageFailure {
  const tried = repairs === 0 ? '' : ` after ${repairs} ${repairs === 1 ? 'repair' : 'repairs'}`;
  return new StageFailure(
    `The answer does not fit its schema${tried}:\n${problem}\nIt was: ${answer.slice(0, 300)}`,
    {
      type: NODE_ERROR.outputMismatch,
      retryable: false,
    },
  );
}
