import { projectTest } from './test-template.js';
import { TYPED_PIPELINE } from './typed-template.js';

/** What the pipeline of a new project is written in. */
export type PipelineLanguage = 'yaml' | 'typescript';

/** What differs between two new projects. */
export type TemplateFacts = {
  /** Letters, digits and `-`. */
  readonly name: string;
  readonly language: PipelineLanguage;
  /** The JSON Schema of definitions, for editors. */
  readonly schema: string;
};

/** The files of a new project but package.json: path with `/`, and text. */
export function projectFiles({ name, language, schema }: TemplateFacts): ReadonlyMap<string, string> {
  const isTyped = language === 'typescript';
  return new Map([
    ['sluice.config.ts', CONFIG],
    [pipelineFile(language), isTyped ? TYPED_PIPELINE : PIPELINE],
    ['stages/greet.ts', STAGE],
    ['test/hello.test.ts', projectTest({ isTyped })],
    ...(isTyped ? [] : [['sluice.schema.json', schema] as const]),
    ['tsconfig.json', TSCONFIG],
    ['.gitignore', GITIGNORE],
    ['README.md', readme(name, language)],
  ]);
}

/** Where the pipeline of a new project is. */
export function pipelineFile(language: PipelineLanguage): string {
  return language === 'typescript' ? 'pipelines/hello.ts' : 'pipelines/hello.yaml';
}

/** `npm test` of the project: Node's own test runner, with jiti, which Sluice brings along, for TypeScript. */
export const TEST_SCRIPT = 'node --import jiti/register --test test/*.test.ts';

const CONFIG = `import { defineConfig } from 'sluice';
import { greet } from './stages/greet.ts';

export default defineConfig({
  stages: [greet],
});
`;

const PIPELINE = `# yaml-language-server: $schema=../sluice.schema.json
name: hello
version: 1.0.0
description: Greets somebody, measures the greeting and checks it

inputs:
  name: { type: string, default: world, min_length: 1, description: Who is greeted }

defaults:
  timeout: 1m
  retry: { max_attempts: 3, initial_delay: 1s }

stages:
  # A stage function: stages/greet.ts
  - id: greet
    name: Write the greeting
    uses: greet
    with: { name: "\${{ inputs.name }}" }

  # A command: the last line it prints is its output, if that is JSON.
  - id: measure
    name: Count the characters
    run:
      - node
      - -e
      - "console.log(JSON.stringify({ characters: process.argv[1].length }))"
      - "\${{ stages.greet.output.text }}"

  # A check that stops the run when it does not hold.
  - id: check
    gate:
      checks:
        - name: the greeting contains the name
          assert: stages.greet.output.text.contains(inputs.name)
        - name: the greeting is not too long
          assert: stages.measure.output.characters < 200

outputs:
  greeting: "\${{ stages.greet.output.text }}"
  characters: "\${{ stages.measure.output.characters }}"
`;

const STAGE = `import { defineStage } from 'sluice';
import { z } from 'zod';

export const greet = defineStage({
  name: 'greet',
  params: z.object({ name: z.string().min(1) }),
  output: z.object({ text: z.string() }),
  run: async ({ params, ctx }) => {
    ctx.log.info(\`greeting \${params.name}\`);
    ctx.metrics.add('greetings', 1);
    return { text: \`Hello, \${params.name}.\` };
  },
});
`;

const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2022",
    "module": "nodenext",
    "types": ["node"],
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  },
  "include": ["*.ts", "pipelines", "stages", "test"]
}
`;

const GITIGNORE = `node_modules/
.sluice/
`;

function readme(name: string, language: PipelineLanguage): string {
  const file = pipelineFile(language);
  const every = file.replace('hello', '*');
  const run = `npx sluice run ${file}`;
  const commands = [
    [run, 'starts a local Temporal server if none is configured'],
    [`${run} -i name=Ada`],
    [`npx sluice validate ${every}`],
    [`npx sluice plan ${file}`],
    ...(language === 'typescript' ? [[`npx sluice export ${file}`, 'the same as YAML']] : []),
    ['npx sluice dev', 'a server with Web UI, and a worker that reloads on change'],
    ['npm test'],
  ];
  const lines = commands.map(([command = '', why]) =>
    why === undefined ? command : `${command.padEnd(51)} # ${why}`,
  );
  const pipelines =
    language === 'typescript'
      ? 'definitions, checked by the compiler: `npx -p typescript tsc --noEmit`, or your editor'
      : 'definitions; editors check them against `sluice.schema.json`';
  const update = 'After an update of Sluice, renew the schema: `npx sluice schema > sluice.schema.json`.\n';
  return `# ${name}

Pipelines that run on Temporal, with Sluice.

\`\`\`sh
${lines.join('\n')}
\`\`\`

| | |
|---|---|
| \`pipelines/\` | ${pipelines} |
| \`stages/\` | stage functions, registered in \`sluice.config.ts\` |
| \`test/\` | tests of stage functions and of whole pipelines |
${language === 'typescript' ? '' : `\n${update}`}`;
}
