/** The pipeline of a new project, in TypeScript. */
export const TYPED_PIPELINE = `import { cel, definePipeline, z } from 'sluice';
import { greet } from '../stages/greet.ts';

export default definePipeline(
  {
    name: 'hello',
    version: '1.0.0',
    description: 'Greets somebody, measures the greeting and checks it',
    inputs: { name: z.string().min(1).default('world').describe('Who is greeted') },
    defaults: { timeout: '1m', retry: { max_attempts: 3, initial_delay: '1s' } },
  },
  ({ stage, inputs }) => {
    // A stage function. Its params and its output are checked here: try \`name: 1\`, or \`greeting.output.txt\`.
    const greeting = stage.uses('greet', greet, {
      name: 'Write the greeting',
      with: { name: inputs.name },
    });

    // A command: the last line it prints is its output, if that is JSON. Its type is yours to say.
    const script = 'console.log(JSON.stringify({ characters: process.argv[1].length }))';
    const measured = stage.run<{ characters: number }>(
      'measure',
      ['node', '-e', script, greeting.output.text],
      { name: 'Count the characters' },
    );

    // A check that stops the run when it does not hold.
    stage.gate('check', {
      checks: [
        {
          name: 'the greeting contains the name',
          assert: cel.contains(greeting.output.text, inputs.name),
        },
        { name: 'the greeting is not too long', assert: cel.lt(measured.output.characters, 200) },
      ],
    });

    return { greeting: greeting.output.text, characters: measured.output.characters };
  },
);
`;
