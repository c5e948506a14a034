import { stageSchema } from '../../../src/definition/schema/stage-schema.js';

/** A definition with a mistake, and every problem that loading it reports: its code, then how people read it. */
export type Mistake = { readonly title: string; readonly text: string; readonly problems: readonly string[] };

const STAGE_KEYS = Object.keys(stageSchema.shape).join(', ');

/** One entry for each way in which a definition can be wrong, by what it concerns. */
export const MISTAKES: Readonly<Record<string, readonly Mistake[]>> = {
  file: [
    {
      title: 'an empty file',
      text: ``,
      problems: [`empty-file pipeline.yaml:1:1 the file is empty`],
    },
    {
      title: 'a file of blanks',
      text: ` 

`,
      problems: [`empty-file pipeline.yaml:1:1 the file is empty`],
    },
    {
      title: 'a comment and nothing else',
      text: `# soon
`,
      problems: [
        `not-an-object pipeline.yaml:1:1 a definition must be an object with \`name\` and \`stages\`, got \`null\``,
      ],
    },
    {
      title: 'a list',
      text: `- a
- b
`,
      problems: [
        `not-an-object pipeline.yaml:1:1 a definition must be an object with \`name\` and \`stages\`, got \`["a","b"]\` (list)`,
      ],
    },
    {
      title: 'a text',
      text: `hello
`,
      problems: [
        `not-an-object pipeline.yaml:1:1 a definition must be an object with \`name\` and \`stages\`, got \`hello\` (string)`,
      ],
    },
    {
      title: 'broken YAML',
      text: `name: demo
stages: [
`,
      problems: [
        `syntax pipeline.yaml:3:1 this is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]`,
      ],
    },
    {
      title: 'a tab as indentation',
      text: `name: demo
stages:
\t- id: a
`,
      problems: [`syntax pipeline.yaml:3:1 a tab indents this line; YAML allows only spaces there`],
    },
    {
      title: 'several documents',
      text: `name: demo
stages:
  - { id: a, set: {} }
---
name: other
`,
      problems: [
        `several-documents pipeline.yaml:4:1 the file holds more than one document; keep one per file`,
      ],
    },
    {
      title: 'NUL bytes',
      text: `name: de\0mo
`,
      problems: [`not-text pipeline.yaml:1:1 the file holds NUL bytes, it is not a text`],
    },
    {
      title: 'a duplicate key',
      text: `name: demo
name: again
stages:
  - { id: a, set: {} }
`,
      problems: [`duplicate-key pipeline.yaml:2:1 the key \`name\` stands here twice; remove one`],
    },
    {
      title: 'a duplicate key in JSON',
      text: `{ "name": "demo",
  "name": "again",
  "stages": [{ "id": "a", "set": {} }] }`,
      problems: [`duplicate-key pipeline.yaml:2:3 the key \`name\` stands here twice; remove one`],
    },
    {
      title: 'a key that is a number',
      text: `name: demo
stages:
  - { id: a, set: { output: { 1: x } } }
`,
      problems: [`key-not-a-string pipeline.yaml:3:31 \`1\` is not a string; put it in quotes`],
    },
    {
      title: 'a key that is a list',
      text: `name: demo
stages:
  - { id: a, set: { output: { [x]: y } } }
`,
      problems: [`key-not-a-string pipeline.yaml:3:31 this key is not a string; put it in quotes`],
    },
    {
      title: 'a key named __proto__',
      text: `name: demo
stages:
  - { id: a, set: { output: { __proto__: { admin: true } } } }
`,
      problems: [`forbidden-key pipeline.yaml:3:31 a key cannot be named \`__proto__\``],
    },
    {
      title: 'a key named constructor in JSON',
      text: `{ "name": "demo", "stages": [{ "id": "a", "set": { "output": { "constructor": 1 } } }] }`,
      problems: [`forbidden-key pipeline.yaml:1:64 a key cannot be named \`constructor\``],
    },
    {
      title: 'a merge key',
      text: `name: demo
variables: { base: &b { x: 1 } }
stages:
  - { <<: *b, id: a, set: {} }
`,
      problems: [
        `merge-key pipeline.yaml:4:7 merge keys (\`<<\`) are not supported; use \`defaults\` for what stages have in common`,
      ],
    },
    {
      title: 'a tag',
      text: `name: demo
stages:
  - { id: a, set: { output: !env HOME } }
`,
      problems: [`unknown-tag pipeline.yaml:3:29 this YAML tag is not supported`],
    },
    {
      title: 'infinity',
      text: `name: demo
stages:
  - { id: a, set: { output: .inf } }
`,
      problems: [`not-json pipeline.yaml:3:29 \`Infinity\` has no JSON form`],
    },
    {
      title: 'an alias of nothing',
      text: `name: demo
stages:
  - { id: a, set: { output: *nope } }
`,
      problems: [`bad-alias pipeline.yaml:3:29 the alias \`*nope\` does not exist`],
    },
    {
      title: 'an alias of what contains it',
      text: `name: demo
stages:
  - { id: a, set: { output: &x [1, *x] } }
`,
      problems: [`bad-alias pipeline.yaml:3:36 the alias \`*x\` is part of itself`],
    },
  ],
  top: [
    {
      title: 'no name',
      text: `stages:
  - { id: a, set: {} }
`,
      problems: [
        `missing-key pipeline.yaml:1:1 \`name\` is missing, it must be a name of lower-case letters, digits and "-"`,
      ],
    },
    {
      title: 'no stages',
      text: `name: demo
`,
      problems: [
        `missing-key pipeline.yaml:1:1 \`stages\` is missing, it must be a list of at least one stage`,
      ],
    },
    {
      title: 'a misspelt key',
      text: `name: demo
discription: x
stages:
  - { id: a, set: {} }
`,
      problems: [
        `unknown-key pipeline.yaml:2:1 \`discription\` is not a key of the definition. Keys: $schema, name, version, description, author, tags, labels, inputs, variables, secrets, scheduling, failure, max_parallel_stages, timeout, deadline, defaults, requires, freshness, provides, pools, priority, fairness, concurrency, alerts, modes, schedules, outputs, stages, on_success, on_failure, finally. Did you mean "description"?`,
      ],
    },
    {
      title: 'stages under another name',
      text: `name: demo
steps:
  - { id: a, set: {} }
`,
      problems: [
        `missing-key pipeline.yaml:1:1 \`stages\` is missing, it must be a list of at least one stage`,
        `unknown-key pipeline.yaml:2:1 \`steps\` is not a key of the definition. Keys: $schema, name, version, description, author, tags, labels, inputs, variables, secrets, scheduling, failure, max_parallel_stages, timeout, deadline, defaults, requires, freshness, provides, pools, priority, fairness, concurrency, alerts, modes, schedules, outputs, stages, on_success, on_failure, finally. Did you mean "stages"?`,
      ],
    },
    {
      title: 'an empty list of stages',
      text: `name: demo
stages: []
`,
      problems: [
        `wrong-type pipeline.yaml:2:9 \`stages\` must be a list of at least one stage, got \`[]\` (list)`,
      ],
    },
    {
      title: 'stages as an object',
      text: `name: demo
stages: { a: 1 }
`,
      problems: [
        `wrong-type pipeline.yaml:2:9 \`stages\` must be a list of at least one stage, got \`{"a":1}\` (object)`,
      ],
    },
    {
      title: 'a name with capitals',
      text: `name: My Pipeline
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-id pipeline.yaml:1:7 \`name\` must be a name of lower-case letters, digits and "-", got \`My Pipeline\` (string)`,
      ],
    },
    {
      title: 'a version that is a number',
      text: `name: demo
version: 1.2
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-type pipeline.yaml:2:10 \`version\` must be a string, got \`1.2\` (number); put it in quotes`,
      ],
    },
    {
      title: 'a description that is a list',
      text: `name: demo
description: [x]
stages:
  - { id: a, set: {} }
`,
      problems: [`wrong-type pipeline.yaml:2:14 \`description\` must be a string, got \`["x"]\` (list)`],
    },
    {
      title: 'tags that are a text',
      text: `name: demo
tags: ml
stages:
  - { id: a, set: {} }
`,
      problems: [`wrong-type pipeline.yaml:2:7 \`tags\` must be a list of strings, got \`ml\` (string)`],
    },
    {
      title: 'a label that is a list',
      text: `name: demo
labels: { team: [x] }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-type pipeline.yaml:2:17 \`labels.team\` must be a string, a number, or true or false, got \`["x"]\` (list)`,
      ],
    },
    {
      title: 'an unknown scheduling',
      text: `name: demo
scheduling: dataflo
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:13 \`scheduling\` must be one of dataflow, strict, got \`dataflo\` (string). Did you mean "dataflow"?`,
      ],
    },
    {
      title: 'an unknown failure policy',
      text: `name: demo
failure: failfast
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:10 \`failure\` must be one of fail_fast, continue, got \`failfast\` (string). Did you mean "fail_fast"?`,
      ],
    },
    {
      title: 'no parallel stages',
      text: `name: demo
max_parallel_stages: 0
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:22 \`max_parallel_stages\` must be a whole number of at least 1, got \`0\` (number)`,
      ],
    },
    {
      title: 'a timeout without unit',
      text: `name: demo
timeout: "90"
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-duration pipeline.yaml:2:10 \`timeout\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`90\` (string)`,
      ],
    },
    {
      title: 'a negative timeout',
      text: `name: demo
timeout: -5
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-duration pipeline.yaml:2:10 \`timeout\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`-5\` (number)`,
      ],
    },
    {
      title: 'a timeout of nothing',
      text: `name: demo
timeout: 0s
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-duration pipeline.yaml:2:10 \`timeout\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, longer than 0, got \`0s\` (string)`,
      ],
    },
    {
      title: 'an unknown key in defaults',
      text: `name: demo
defaults: { retires: 3 }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `unknown-key pipeline.yaml:2:13 \`retires\` is not a key of \`defaults\`. Keys: timeout, total_timeout, queue_timeout, heartbeat_timeout, retry, continue_on_error, task_queue, priority.`,
      ],
    },
    {
      title: 'a requirement without pipeline',
      text: `name: demo
requires: [{ max_age: 1h }]
stages:
  - { id: a, set: {} }
`,
      problems: [
        'missing-key pipeline.yaml:2:12 requirement 1 does not say what it is about. Give it one of: pipeline, dataset',
      ],
    },
    {
      title: 'a requirement with a bad age',
      text: `name: demo
requires: [{ pipeline: x, max_age: soon }]
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-duration pipeline.yaml:2:36 \`requires[0].max_age\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`soon\` (string)`,
      ],
    },
    {
      title: 'a concurrency without group',
      text: `name: demo
concurrency: { on_conflict: reject }
stages:
  - { id: a, set: {} }
`,
      problems: [`missing-key pipeline.yaml:2:14 \`concurrency.group\` is missing, it must be a string`],
    },
    {
      title: 'an unknown conflict policy',
      text: `name: demo
concurrency: { group: g, on_conflict: wait }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:39 \`concurrency.on_conflict\` must be one of reject, queue, cancel_running, got \`wait\` (string)`,
      ],
    },
    {
      title: 'an expression in a name',
      text: `name: demo
concurrency: { group: "g-\${{ inputs.x }}" }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `expression-not-allowed pipeline.yaml:2:26 \`group\` cannot hold an expression, its value is used as it is`,
      ],
    },
    {
      title: 'an alert that asks a run and a monitor',
      text: `name: demo
alerts: [{ name: odd, when: size(failed_stages) > 0 && error_rate > 0.1, channels: [ops] }]
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-alert pipeline.yaml:2:29 alert "odd" reads \`failed_stages\`, which only a run knows, and \`error_rate\`, which only a monitor knows; make two alerts of it`,
      ],
    },
    {
      title: 'an alert of a wrong severity, and one without channels',
      text: `name: demo
alerts:
  - { name: a, when: partial, severity: urgent, channels: [ops] }
  - { name: b, when: partial, channels: [] }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:3:41 \`alerts[0].severity\` must be one of low, medium, high, critical, got \`urgent\` (string)`,
        `wrong-value pipeline.yaml:4:41 \`alerts[1].channels\` must be a list of at least one channel, got \`[]\` (list)`,
      ],
    },
    {
      title: 'an alert whose condition is a number, and whose message names no stage',
      text: `name: demo
alerts: [{ name: slow, when: duration_minutes + 1, message: "at \${{ stages.b.status }}", channels: [ops] }]
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-expression pipeline.yaml:2:30 alert "slow" \`duration_minutes + 1\` gives a number, it must give true or false`,
        `unknown-name pipeline.yaml:2:76 alert "slow" uses \`stages.b\`, which does not exist. Stages here: a`,
      ],
    },
    {
      title: 'quiet hours that cannot be, and a name that stands twice',
      text: `name: demo
alerts:
  - { name: a, when: partial, channels: [ops], quiet_hours: { from: "22:00", to: "22:00" } }
  - { name: b, when: partial, channels: [ops], quiet_hours: { from: "22:00", to: "07:00", timezone: Europe/Berlni } }
  - { name: b, when: partial, channels: [ops] }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-alert pipeline.yaml:3:82 the quiet hours of alert "a" begin when they end, so they are empty`,
        `wrong-value pipeline.yaml:4:101 the time zone "Europe/Berlni" of alert "b" does not exist. Did you mean "Europe/Berlin"?`,
        `duplicate-item pipeline.yaml:5:13 two alerts are named "b"`,
      ],
    },
    {
      title: 'a pool that limits nothing',
      text: `name: demo
pools: { gpu: {} }
stages:
  - { id: a, run: [x], pool: gpu }
`,
      problems: [
        `bad-pool pipeline.yaml:2:15 pool "gpu" limits nothing; give it \`slots\`, \`rate\` or both`,
      ],
    },
  ],
  input: [
    {
      title: 'a type that does not exist',
      text: `name: demo
inputs: { x: { type: strin } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:22 \`inputs.x.type\` must be one of string, integer, number, boolean, date, list, object, got \`strin\` (string). Did you mean "string"?`,
      ],
    },
    {
      title: 'no type',
      text: `name: demo
inputs: { x: { default: 1 } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `missing-key pipeline.yaml:2:14 \`inputs.x.type\` is missing, it must be one of string, integer, number, boolean, date, list, object`,
      ],
    },
    {
      title: 'a default of the wrong type',
      text: `name: demo
inputs: { x: { type: integer, default: "3" } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-input pipeline.yaml:2:40 input "x" has a default that does not fit: it must be an integer, got \`"3"\` (string)`,
      ],
    },
    {
      title: 'a default outside the limits',
      text: `name: demo
inputs: { x: { type: integer, minimum: 5, default: 3 } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-input pipeline.yaml:2:52 input "x" has a default that does not fit: it must be at least 5, got 3`,
      ],
    },
    {
      title: 'limits that allow nothing',
      text: `name: demo
inputs: { x: { type: integer, minimum: 5, maximum: 3 } }
stages:
  - { id: a, set: {} }
`,
      problems: [`bad-input pipeline.yaml:2:52 input "x" allows nothing: \`minimum\` is 5, \`maximum\` is 3`],
    },
    {
      title: 'a limit for another type',
      text: `name: demo
inputs: { x: { type: integer, pattern: "a" } }
stages:
  - { id: a, set: {} }
`,
      problems: [`bad-input pipeline.yaml:2:40 input "x" is of type integer; \`pattern\` fits only string`],
    },
    {
      title: 'a broken pattern',
      text: `name: demo
inputs: { x: { type: string, pattern: "(" } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-input pipeline.yaml:2:39 input "x" has a \`pattern\` that is not a regular expression: (`,
      ],
    },
    {
      title: 'an empty enum',
      text: `name: demo
inputs: { x: { type: string, enum: [] } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:36 \`inputs.x.enum\` must be a list of at least one value, got \`[]\` (list)`,
      ],
    },
    {
      title: 'an enum value of the wrong type',
      text: `name: demo
inputs: { x: { type: string, enum: [a, 2] } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-input pipeline.yaml:2:36 input "x" has a value in \`enum\` that does not fit: it must be a string, got \`2\` (number)`,
      ],
    },
    {
      title: 'an impossible date',
      text: `name: demo
inputs: { x: { type: date, default: 2026-02-31 } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-input pipeline.yaml:2:37 input "x" has a default that does not fit: it must be a date, got \`"2026-02-31"\` (string)`,
      ],
    },
    {
      title: 'an unknown limit',
      text: `name: demo
inputs: { x: { type: string, minLength: 3 } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `unknown-key pipeline.yaml:2:30 \`minLength\` is not a key of \`inputs.x\`. Keys: type, required, default, description, enum, pattern, minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of, min_length, max_length, min_items, max_items, unique_items. Did you mean "min_length"?`,
      ],
    },
    {
      title: 'a name with blanks',
      text: `name: demo
inputs: { "x y": { type: string } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-id pipeline.yaml:2:11 the name \`x y\` must be a name of letters, digits, "_" and "-", at most 100`,
      ],
    },
  ],
  variable: [
    {
      title: 'an environment variable that is not set',
      text: `name: demo
variables: { v: "a \${NOPE}" }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `env-not-set pipeline.yaml:2:20 the environment variable NOPE is not set; set it, or give a default: \`\${NOPE:-…}\`. Did you mean "HOME"?`,
      ],
    },
    {
      title: 'a near miss of an environment variable',
      text: `name: demo
variables: { v: "\${HOMW}" }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `env-not-set pipeline.yaml:2:18 the environment variable HOMW is not set; set it, or give a default: \`\${HOMW:-…}\`. Did you mean "HOME"?`,
      ],
    },
    {
      title: 'a reference that is not closed',
      text: `name: demo
variables: { v: "\${HOME" }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `env-syntax pipeline.yaml:2:18 \`\${\` must be \`\${NAME}\` or \`\${NAME:-default}\`; write \`$\${\` for a literal \`\${\``,
      ],
    },
    {
      title: 'a reference that is no name',
      text: `name: demo
variables: { v: "\${1x}" }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `env-syntax pipeline.yaml:2:18 \`\${1x}\` must be \`\${NAME}\` or \`\${NAME:-default}\`; write \`$\${\` for a literal \`\${\``,
      ],
    },
    {
      title: 'an expression',
      text: `name: demo
variables: { v: "\${{ inputs.x }}" }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `expression-not-allowed pipeline.yaml:2:18 variables are fixed when the definition is loaded, so they cannot hold expressions`,
      ],
    },
    {
      title: 'an unset one in a mode',
      text: `name: demo
modes: { m: { variables: { v: "\${NOPE}" } } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `env-not-set pipeline.yaml:2:32 the environment variable NOPE is not set; set it, or give a default: \`\${NOPE:-…}\`. Did you mean "HOME"?`,
      ],
    },
  ],
  secret: [
    {
      title: 'a name that is none',
      text: `name: demo
secrets: [api-key]
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-id pipeline.yaml:2:11 \`secrets[0]\` must be the name of an environment variable, got \`api-key\` (string)`,
      ],
    },
    {
      title: 'a name twice',
      text: `name: demo
secrets: [A, B, A]
stages:
  - { id: a, set: {} }
`,
      problems: [`duplicate-item pipeline.yaml:2:17 \`secrets\` lists "A" twice`],
    },
    {
      title: 'one that is not declared',
      text: `name: demo
secrets: [API_KEY]
stages:
  - { id: a, uses: x, with: { k: "\${{ secrets.API_KEI }}" } }
`,
      problems: [
        `unknown-secret pipeline.yaml:4:39 stage "a" uses \`secrets.API_KEI\`, which \`secrets\` does not name. Secrets here: API_KEY. Did you mean "API_KEY"?`,
      ],
    },
    {
      title: 'one inside an expression',
      text: `name: demo
secrets: [K]
stages:
  - { id: a, uses: x, with: { k: "\${{ secrets.K + 'x' }}" } }
`,
      problems: [
        `secret-not-allowed pipeline.yaml:4:39 stage "a" in \`secrets.K + 'x'\`: \`secrets\` can only stand alone, as in \`\${{ secrets.NAME }}\`, in \`with\`, \`env\`, headers and URLs`,
      ],
    },
    {
      title: 'one in a command',
      text: `name: demo
secrets: [K]
stages:
  - { id: a, run: [echo, "\${{ secrets.K }}"] }
`,
      problems: [
        `secret-not-allowed pipeline.yaml:4:31 stage "a": \`secrets.K\` cannot stand here, it would be recorded. Secrets go in \`with\` of \`uses\`, \`env\`, headers and URLs`,
      ],
    },
    {
      title: 'one in outputs',
      text: `name: demo
secrets: [K]
stages:
  - { id: a, set: {} }
outputs: { k: "\${{ secrets.K }}" }
`,
      problems: [
        `secret-not-allowed pipeline.yaml:5:20 \`secrets.K\` cannot stand here, it would be recorded. Secrets go in \`with\` of \`uses\`, \`env\`, headers and URLs`,
      ],
    },
    {
      title: 'one in the inputs of a pipeline',
      text: `name: demo
secrets: [K]
stages:
  - { id: a, pipeline: child, with: { k: "\${{ secrets.K }}" } }
`,
      problems: [
        `unknown-pipeline pipeline.yaml:4:24 stage "a" runs the pipeline "child", which is not configured; a path ends in .yaml, .yml, .json or .ts.`,
        `secret-not-allowed pipeline.yaml:4:47 stage "a": \`secrets.K\` cannot stand here, it would be recorded. Secrets go in \`with\` of \`uses\`, \`env\`, headers and URLs`,
      ],
    },
    {
      title: 'one in a condition',
      text: `name: demo
secrets: [K]
stages:
  - { id: a, set: {}, condition: secrets.K == "x" }
`,
      problems: [
        `secret-not-allowed pipeline.yaml:4:34 stage "a" in \`secrets.K == "x"\`: \`secrets\` can only stand alone, as in \`\${{ secrets.NAME }}\`, in \`with\`, \`env\`, headers and URLs`,
      ],
    },
  ],
  requires: [
    {
      title: 'a requirement of nothing, of two things, and of itself',
      text: `name: demo
requires:
  - { max_age: 1h }
  - { pipeline: a, dataset: b }
  - { pipeline: demo }
  - { dataset: rows }
provides: [rows, rows]
stages:
  - { id: a, set: {} }
`,
      problems: [
        'missing-key pipeline.yaml:3:5 requirement 1 does not say what it is about. Give it one of: pipeline, dataset',
        'wrong-value pipeline.yaml:4:20 requirement 2 is about a pipeline and a dataset. Make it two requirements',
        'self-dependency pipeline.yaml:5:17 pipeline "demo" requires itself, so it could never run for the first time',
        'self-dependency pipeline.yaml:6:16 pipeline "demo" requires the dataset "rows", which it provides itself',
        'duplicate-item pipeline.yaml:7:18 `provides` lists "rows" twice',
      ],
    },
    {
      title: 'a status and a dataset of a wrong form',
      text: `name: demo
requires: [{ pipeline: other, status: succeded }]
provides: ["no spaces"]
stages:
  - { id: a, set: {} }
`,
      problems: [
        'wrong-value pipeline.yaml:2:39 `requires[0].status` must be one of succeeded, latest_succeeded, ended, got `succeded` (string). Did you mean "succeeded"?',
        'bad-id pipeline.yaml:3:12 `provides[0]` must be a name of letters, digits, ".", "_" and "-", at most 100, got `no spaces` (string)',
      ],
    },
  ],
  schedule: [
    {
      title: 'nothing that says when',
      text: `name: demo
schedules:
  - { id: nightly }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-schedule pipeline.yaml:3:5 schedule "nightly" must say \`cron\` or \`every\`, and says neither`,
      ],
    },
    {
      title: 'two things that say when',
      text: `name: demo
schedules:
  - { id: nightly, cron: "0 19 * * *", every: 1d, offset: 25h }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-schedule pipeline.yaml:3:5 schedule "nightly" must say \`cron\` or \`every\`, and says both`,
        `bad-schedule pipeline.yaml:3:59 schedule "nightly" has an \`offset\` that is not shorter than \`every\` (1d)`,
      ],
    },
    {
      title: 'cron expressions that cannot be read',
      text: `name: demo
schedules:
  - id: a
    cron: ["0 25 * * *", "0 0 19 * * *", "0 19 L * *", "0 0 31 2 *", "@often", "0 9 1 * 1#1"]
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-cron pipeline.yaml:4:12 schedule "a" has a cron expression, "0 25 * * *", that cannot be read: got value 25 expected range 0-23`,
        `bad-cron pipeline.yaml:4:26 schedule "a" has a cron expression, "0 0 19 * * *", that has 6 fields; it must have 5: minute, hour, day of month, month, day of week`,
        `bad-cron pipeline.yaml:4:42 schedule "a" has a cron expression, "0 19 L * *", that holds "L", which is not supported; use numbers, names, "*", ",", "-", "/" and, for the first Monday, "1#1"`,
        `bad-cron pipeline.yaml:4:56 schedule "a" has a cron expression, "0 0 31 2 *", that cannot be read: invalid explicit day of month definition`,
        `bad-cron pipeline.yaml:4:70 schedule "a" has a cron expression, "@often", that is not one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually`,
        `bad-cron pipeline.yaml:4:80 schedule "a" has a cron expression, "0 9 1 * 1#1", that gives both a day of the month and a "#"`,
      ],
    },
    {
      title: 'a zone, a mode, an input and limits that do not exist',
      text: `name: demo
inputs: { day: { type: date, required: true }, size: { type: integer } }
modes: { daily: {} }
schedules:
  - id: a
    cron: 0 19 * * *
    timezone: America/NewYork
    mode: dialy
    inputs: { sise: 1, size: large }
    overlap: skp
    catchup_window: 1s
  - { id: a, every: 500ms, inputs: { day: 2026-01-01 }, timezone: europe/berlin, offset: 1s }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:10:14 \`schedules[0].overlap\` must be one of skip, buffer_one, buffer_all, cancel_other, terminate_other, allow_all, got \`skp\` (string). Did you mean "skip"?`,
      ],
    },
    {
      title: 'the same with a known overlap',
      text: `name: demo
inputs: { day: { type: date, required: true }, size: { type: integer } }
modes: { daily: {} }
schedules:
  - id: a
    cron: 0 19 * * *
    timezone: America/NewYork
    mode: dialy
    inputs: { sise: 1, size: large }
    catchup_window: 1s
  - { id: a, every: 500ms, inputs: { day: 2026-01-01 }, timezone: europe/berlin, offset: 1s }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-params pipeline.yaml:5:5 schedule "a" must give the required input "day" in \`inputs\``,
        `unknown-timezone pipeline.yaml:7:15 schedule "a" has the time zone "America/NewYork", which does not exist; give an IANA name such as Europe/Berlin. Did you mean "America/New_York"?`,
        `unknown-mode pipeline.yaml:8:11 schedule "a" runs the mode "dialy", which does not exist. Modes: daily. Did you mean "daily"?`,
        `bad-params pipeline.yaml:9:15 schedule "a" gives \`sise\`, which is not an input of the pipeline. Inputs: day, size. Did you mean "size"?`,
        `bad-params pipeline.yaml:9:30 schedule "a" gives an input that does not fit: \`size\` must be an integer, got \`"large"\` (string)`,
        `bad-schedule pipeline.yaml:10:21 schedule "a" has a \`catchup_window\` of 1s; it must be at least 10s`,
        `duplicate-id pipeline.yaml:11:11 schedule "a" stands here twice; give each its own \`id\``,
        `bad-schedule pipeline.yaml:11:21 schedule "a" must start runs in whole seconds, not every 500ms`,
        `unknown-timezone pipeline.yaml:11:67 schedule "a" has the time zone "europe/berlin", which does not exist; give an IANA name such as Europe/Berlin. Did you mean "Europe/Berlin"?`,
        `bad-schedule pipeline.yaml:11:90 schedule "a" has an \`offset\` that is not shorter than \`every\` (500ms)`,
      ],
    },
    {
      title: 'bounds and days that are none',
      text: `name: demo
schedules:
  - id: a
    cron: 0 19 * * *
    start: 2026-12-01
    end: 2026-11-01
    skip:
      holidays: [US, UK2, XQ]
      market: NISE
      dates: [2026-02-30, 13-01, { from: 2026-12-24, to: 12-26 }, { from: 12-26, to: 12-24 }]
  - { id: b, cron: 0 19 * * *, start: tomorrow, offset: 1m }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `bad-schedule pipeline.yaml:6:10 schedule "a" ends (2026-11-01) before it starts (2026-12-01)`,
        `unknown-calendar pipeline.yaml:8:22 schedule "a" skips the holidays of "UK2", which is no country; write a code such as US, or DE-BY for a part of one`,
        `unknown-calendar pipeline.yaml:8:27 schedule "a" skips the holidays of "XQ", which is no country; write a code such as US, or DE-BY for a part of one`,
        `unknown-calendar pipeline.yaml:9:15 schedule "a" skips the closed days of "NISE", a market that is not known. Markets: NYSE, NASDAQ, LSE, XETRA, EURONEXT, TSX. Did you mean "NYSE"?`,
        `wrong-value pipeline.yaml:10:15 schedule "a" skips "2026-02-30", which is no day; write 2026-12-24, or 12-24 for every year`,
        `wrong-value pipeline.yaml:10:27 schedule "a" skips "13-01", which is no day; write 2026-12-24, or 12-24 for every year`,
        `wrong-value pipeline.yaml:10:34 schedule "a" skips from 2026-12-24 to 12-26; give both with the year, or both without`,
        `wrong-value pipeline.yaml:10:67 schedule "a" skips from 12-26 to 12-24, which is the wrong way round`,
        `wrong-value pipeline.yaml:11:39 schedule "b" has a \`start\`, \`tomorrow\`, that is no moment; write 2026-12-01, 2026-12-01T19:00 or 2026-12-01T19:00:00Z`,
        `bad-schedule pipeline.yaml:11:49 schedule "b" has an \`offset\`, which goes only with \`every\``,
      ],
    },
  ],
  mode: [
    {
      title: 'a stage that does not exist',
      text: `name: demo
modes:
  daily: { stages: [a, bb] }
stages:
  - { id: a, set: {} }
  - { id: b, set: {} }
`,
      problems: [
        `unknown-mode-stage pipeline.yaml:3:24 mode "daily" selects "bb", which does not exist. Stages here: a, b. Did you mean "b"?`,
      ],
    },
    {
      title: 'a stage twice',
      text: `name: demo
modes: { daily: { stages: [a, a] } }
stages:
  - { id: a, set: {} }
`,
      problems: [`duplicate-item pipeline.yaml:2:31 mode "daily" selects "a" twice`],
    },
    {
      title: 'no stage',
      text: `name: demo
modes: { daily: { stages: [] } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `wrong-value pipeline.yaml:2:27 \`modes.daily.stages\` must be a list of at least one stage ID, got \`[]\` (list)`,
      ],
    },
    {
      title: 'an unknown key',
      text: `name: demo
modes: { daily: { stage: [a] } }
stages:
  - { id: a, set: {} }
`,
      problems: [
        `unknown-key pipeline.yaml:2:19 \`stage\` is not a key of \`modes.daily\`. Keys: description, stages, variables. Did you mean "stages"?`,
      ],
    },
  ],
  stage: [
    {
      title: 'no ID',
      text: `name: demo
stages:
  - { set: {} }
`,
      problems: [
        `missing-key pipeline.yaml:3:5 \`id\` is missing, it must be an ID: letters, digits, "_" and "-", at most 100 (stage 1)`,
      ],
    },
    {
      title: 'an ID with blanks',
      text: `name: demo
stages:
  - { id: my stage, set: {} }
`,
      problems: [
        `bad-id pipeline.yaml:3:11 stage "my stage": \`id\` must be an ID: letters, digits, "_" and "-", at most 100, got \`my stage\` (string)`,
      ],
    },
    {
      title: 'an ID that is a number',
      text: `name: demo
stages:
  - { id: 7, set: {} }
`,
      problems: [
        `wrong-type pipeline.yaml:3:11 \`id\` must be an ID: letters, digits, "_" and "-", at most 100, got \`7\` (number); put it in quotes`,
      ],
    },
    {
      title: 'the same ID twice',
      text: `name: demo
stages:
  - { id: a, set: {} }
  - { id: a, set: {} }
`,
      problems: [
        `duplicate-id pipeline.yaml:4:11 stage "a" has the same ID as another stage; IDs are unique in the whole file`,
      ],
    },
    {
      title: 'the ID of a hook',
      text: `name: demo
stages:
  - { id: a, set: {} }
finally:
  - { id: a, set: {} }
`,
      problems: [
        `duplicate-id pipeline.yaml:5:11 stage "a" has the same ID as another stage; IDs are unique in the whole file`,
      ],
    },
    {
      title: 'a text for a stage',
      text: `name: demo
stages:
  - build
`,
      problems: [`wrong-type pipeline.yaml:3:5 stage 1 must be an object, got \`build\` (string)`],
    },
    {
      title: 'nothing to do',
      text: `name: demo
stages:
  - { id: a, depends_on: [] }
`,
      problems: [
        `no-kind pipeline.yaml:3:5 stage "a" does not say what to do. Give it one of: uses, run, http, pipeline, gate, set, sleep, until, wait_for, approval, canary`,
      ],
    },
    {
      title: 'a misspelt kind',
      text: `name: demo
stages:
  - { id: a, usess: x }
`,
      problems: [
        `no-kind pipeline.yaml:3:5 stage "a" does not say what to do. Give it one of: uses, run, http, pipeline, gate, set, sleep, until, wait_for, approval, canary. Did you mean "uses"?`,
        `unknown-key pipeline.yaml:3:14 stage "a": \`usess\` is not a key of a stage. Keys: ${STAGE_KEYS}. Did you mean "uses"?`,
      ],
    },
    {
      title: 'several things to do',
      text: `name: demo
stages:
  - { id: a, uses: x, run: [ls] }
`,
      problems: [`several-kinds pipeline.yaml:3:23 stage "a" says several things to do: uses, run. Keep one`],
    },
    {
      title: 'a key of another tool',
      text: `name: demo
stages:
  - { id: a, set: {}, needs: [b] }
`,
      problems: [
        `unknown-key pipeline.yaml:3:23 stage "a": \`needs\` is not a key of a stage. Keys: ${STAGE_KEYS}. Did you mean "depends_on"?`,
      ],
    },
    {
      title: '`with` on a command',
      text: `name: demo
stages:
  - { id: a, run: [ls], with: { x: 1 } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:25 stage "a": \`with\` does not fit \`run\` stages; it goes with: uses, pipeline. Pass values to a command by \`env\``,
      ],
    },
    {
      title: '`env` on a function',
      text: `name: demo
stages:
  - { id: a, uses: x, env: { X: 1 } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:23 stage "a": \`env\` does not fit \`uses\` stages; it goes with: run`,
      ],
    },
    {
      title: '`isolation` on a command',
      text: `name: demo
stages:
  - { id: a, run: [ls], isolation: thread }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:25 stage "a": \`isolation\` does not fit \`run\` stages; it goes with: uses`,
      ],
    },
    {
      title: '`mode: local` on a request',
      text: `name: demo
stages:
  - { id: a, http: { url: "https://x.org" }, mode: local }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:46 stage "a": \`mode\` does not fit \`http\` stages; it goes with: uses`,
      ],
    },
    {
      title: '`artifacts` on a gate',
      text: `name: demo
stages:
  - { id: a, gate: { checks: [{ name: x, assert: "true" }] }, artifacts: [x] }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:63 stage "a": \`artifacts\` does not fit \`gate\` stages; it goes with: uses, run`,
      ],
    },
    {
      title: '`task_queue` on a timer',
      text: `name: demo
stages:
  - { id: a, sleep: 1s, task_queue: gpu }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:25 stage "a": \`task_queue\` does not fit \`sleep\` stages; it goes with: uses, run, http, pipeline, wait_for, canary`,
      ],
    },
    {
      title: '`mode: local` with a task queue',
      text: `name: demo
stages:
  - { id: a, uses: x, mode: local, task_queue: gpu }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:48 stage "a": \`task_queue\` does not fit \`mode: local\`, which runs on the worker of the run`,
      ],
    },
    {
      title: 'an unknown run_when',
      text: `name: demo
stages:
  - { id: a, set: {}, run_when: all_suceeded }
`,
      problems: [
        `wrong-value pipeline.yaml:3:33 stage "a": \`run_when\` must be one of all_succeeded, all_done, any_succeeded, any_failed, always, got \`all_suceeded\` (string). Did you mean "all_succeeded"?`,
      ],
    },
    {
      title: 'a text for a flag',
      text: `name: demo
stages:
  - { id: a, set: {}, enabled: "yes" }
`,
      problems: [
        `wrong-type pipeline.yaml:3:32 stage "a": \`enabled\` must be true or false, got \`yes\` (string)`,
      ],
    },
    {
      title: 'a priority beyond 5',
      text: `name: demo
stages:
  - { id: a, set: {}, priority: 9 }
`,
      problems: [
        `wrong-value pipeline.yaml:3:33 stage "a": \`priority\` must be a whole number from 1 to 5, got \`9\` (number)`,
      ],
    },
    {
      title: 'a bad timeout',
      text: `name: demo
stages:
  - { id: a, set: {}, timeout: 5 parsecs }
`,
      problems: [
        `bad-duration pipeline.yaml:3:32 stage "a": \`timeout\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`5 parsecs\` (string)`,
      ],
    },
    {
      title: 'a bad retry',
      text: `name: demo
stages:
  - { id: a, set: {}, retry: { max_attempts: -1, backoff: 0.5, max_delay: x } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:46 stage "a": \`retry.max_attempts\` must be a whole number of at least 0, got \`-1\` (number)`,
        `wrong-value pipeline.yaml:3:59 stage "a": \`retry.backoff\` must be a number of at least 1, got \`0.5\` (number)`,
        `bad-duration pipeline.yaml:3:75 stage "a": \`retry.max_delay\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`x\` (string)`,
      ],
    },
    {
      title: 'a retry that is a number',
      text: `name: demo
stages:
  - { id: a, set: {}, retry: 3 }
`,
      problems: [`wrong-type pipeline.yaml:3:30 stage "a": \`retry\` must be an object, got \`3\` (number)`],
    },
    {
      title: 'an approval that asks more people than it names',
      text: `name: demo
stages:
  - { id: a, approval: { message: Ship?, approvers: [anna], required: 2 } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:71 stage "a": \`required\` is 2, but \`approvers\` names one person`,
      ],
    },
    {
      title: 'an approval with settings of an activity',
      text: `name: demo
stages:
  - { id: a, approval: { message: Ship? }, timeout: 1h }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:44 stage "a": \`timeout\` does not fit \`approval\` stages: write \`approval.timeout\`, which bounds the wait`,
      ],
    },
    {
      title: 'an approval after the end of the run',
      text: `name: demo
stages:
  - { id: a, set: {} }
finally:
  - { id: b, approval: { message: Ship? } }
`,
      problems: [
        `wrong-value pipeline.yaml:5:24 stage "b" is an approval in \`finally\`; people cannot be asked once the run has ended`,
      ],
    },
    {
      title: 'a field of an approval that has a name of the output',
      text: `name: demo
stages:
  - { id: a, approval: { message: Ship?, fields: { approved: { type: boolean } } } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:62 stage "a": \`approval.fields.approved\` has a name that the output has of its own; names taken: approved, approvers, decisions, timed_out`,
      ],
    },
    {
      title: 'a required field that nobody may give',
      text: `name: demo
stages:
  - { id: a, approval: { message: Ship?, on_timeout: approve, fields: { n: { type: integer, required: true, pattern: x } } } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:76 stage "a": \`approval.fields.n\` is required, but with \`on_timeout: approve\` nobody may give it; give it a default`,
        `bad-input pipeline.yaml:3:118 stage "a": \`approval.fields.n\` is of type integer; \`pattern\` fits only string`,
      ],
    },
    {
      title: 'a pool beside a kind that runs nothing',
      text: `name: demo
stages:
  - { id: a, set: {}, pool: gpu }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:23 stage "a": \`pool\` does not fit \`set\` stages; it goes with: uses, run, http, pipeline`,
      ],
    },
    {
      title: 'cache on a stage that runs nothing',
      text: `name: demo
stages:
  - { id: a, set: {}, cache: true }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:23 stage "a": \`cache\` does not fit \`set\` stages; it goes with: uses, run, http`,
      ],
    },
    {
      title: 'a cache with a misspelt key, a bad age and a secret',
      text: `name: demo
secrets: [TOKEN]
stages:
  - { id: a, uses: x, cache: { max_ag: 1h } }
  - { id: b, uses: x, cache: { max_age: soon } }
  - { id: c, uses: x, cache: 3 }
  - { id: d, uses: x, cache: { key: '\${{ secrets.TOKEN }}' } }
`,
      problems: [
        `unknown-key pipeline.yaml:4:32 stage "a": \`max_ag\` is not a key of \`cache\`. Keys: key, max_age. Did you mean "max_age"?`,
        `bad-duration pipeline.yaml:5:41 stage "b": \`cache.max_age\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`soon\` (string)`,
        `wrong-type pipeline.yaml:6:30 stage "c": \`cache\` must be true, false, or an object of \`key\` and \`max_age\`, got \`3\` (number)`,
        `secret-not-allowed pipeline.yaml:7:42 stage "d": \`secrets.TOKEN\` cannot stand here, it would be recorded. Secrets go in \`with\` of \`uses\`, \`env\`, headers and URLs`,
      ],
    },
    {
      title: 'a fallback that says nothing',
      text: `name: demo
stages:
  - { id: a, set: {}, fallback: {} }
`,
      problems: [
        `no-kind pipeline.yaml:3:33 stage "a": \`fallback\` must have one of: last_success, value, uses; it has none`,
      ],
    },
    {
      title: 'a fallback that says two things',
      text: `name: demo
stages:
  - { id: a, set: {}, fallback: { value: 1, uses: b } }
`,
      problems: [
        `several-kinds pipeline.yaml:3:33 stage "a": \`fallback\` must have one of: last_success, value, uses; it has value, uses`,
      ],
    },
    {
      title: 'params for a fallback that takes none',
      text: `name: demo
stages:
  - { id: a, set: {}, fallback: { value: 1, with: {} } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:45 stage "a": \`fallback.with\` goes only with \`fallback.uses\``,
      ],
    },
    {
      title: 'a hold whose end has no time',
      text: `name: demo
stages:
  - { id: a, set: {}, hold_on_failure: { on_timeout: skip } }
  - { id: b, set: {}, hold_on_failure: { on_timeout: retry, timeout: 1h } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:42 stage "a": \`hold_on_failure.on_timeout\` goes only with \`hold_on_failure.timeout\``,
        `wrong-value pipeline.yaml:4:54 stage "b": \`hold_on_failure.on_timeout\` must be one of fail, skip, got \`retry\` (string)`,
      ],
    },
    {
      title: 'deadlines that are none, or warn before the start',
      text: `name: demo
deadline: { after: 1h, warn_before: 1h }
stages:
  - { id: a, set: {}, deadline: soon }
  - { id: b, set: {}, deadline: { warn_before: 5m } }
`,
      problems: [
        `wrong-value pipeline.yaml:2:37 \`deadline.warn_before\` must be shorter than \`deadline.after\` (1h), got 1h`,
        `bad-duration pipeline.yaml:4:33 stage "a": \`deadline\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, or an ISO 8601 time with its zone, or an object of \`after\` or \`at\`, and \`warn_before\`, got \`soon\` (string)`,
        `missing-key pipeline.yaml:5:33 stage "b": \`deadline\` must have one of: after, at; it has none`,
      ],
    },
    {
      title: 'a grace for a request',
      text: `name: demo
stages:
  - { id: a, http: { url: "https://a.test" }, grace: 3s }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:47 stage "a": \`grace\` does not fit \`http\` stages; it goes with: run, uses`,
      ],
    },
    {
      title: 'an undo that says nothing',
      text: `name: demo
stages:
  - { id: a, set: {}, undo: {} }
`,
      problems: [
        `no-kind pipeline.yaml:3:29 stage "a": \`undo\` must have one of: uses, run, http; it has none`,
      ],
    },
    {
      title: 'params for an undo that is a command',
      text: `name: demo
stages:
  - { id: a, set: {}, undo: { run: [x], with: {} } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:41 stage "a": \`with\` does not fit \`run\` stages; it goes with: uses, pipeline. Pass values to a command by \`env\``,
      ],
    },
    {
      title: 'an unknown name in an undo',
      text: `name: demo
stages:
  - { id: a, set: {}, undo: { uses: b, with: { x: "\${{ stages.c.output }}" } } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:63 stage "a" uses \`stages.c\`, which does not exist. Stages here: a`,
      ],
    },
    {
      title: 'an undo of a hook',
      text: `name: demo
stages:
  - { id: a, set: {} }
finally:
  - { id: b, set: {}, undo: { uses: c } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:5:23 stage "b": \`undo\` does not fit stages of \`finally\`, which run after the end`,
      ],
    },
  ],
  kind: [
    {
      title: 'a command of nothing',
      text: `name: demo
stages:
  - { id: a, run: [] }
`,
      problems: [
        `wrong-value pipeline.yaml:3:19 stage "a": \`run\` must be a list of at least one string, got \`[]\` (list)`,
      ],
    },
    {
      title: 'a number in a command',
      text: `name: demo
stages:
  - { id: a, run: [sleep, 3] }
`,
      problems: [
        `wrong-type pipeline.yaml:3:27 stage "a": \`run[1]\` must be a string, got \`3\` (number); put it in quotes`,
      ],
    },
    {
      title: 'an expression in a shell command',
      text: `name: demo
stages:
  - { id: a, run: "echo \${{ run.id }}" }
`,
      problems: [
        `expression-in-shell pipeline.yaml:3:25 stage "a" gives its command as one string, which cannot hold \`\${{ }}\`: the shell would run what the value says. Pass the value by \`env\`, or give the command as a list`,
      ],
    },
    {
      title: 'an environment variable that is no name',
      text: `name: demo
stages:
  - { id: a, run: [ls], env: { my-var: 1 } }
`,
      problems: [
        `bad-id pipeline.yaml:3:32 stage "a" the name \`my-var\` must be the name of an environment variable`,
      ],
    },
    {
      title: 'an environment variable that is a list',
      text: `name: demo
stages:
  - { id: a, run: [ls], env: { A: [1] } }
`,
      problems: [
        `wrong-type pipeline.yaml:3:35 stage "a": \`env.A\` must be a string, a number, or true or false, got \`[1]\` (list)`,
      ],
    },
    {
      title: 'an expression in `cwd`',
      text: `name: demo
stages:
  - { id: a, run: [ls], cwd: "\${{ run.id }}" }
`,
      problems: [
        `expression-not-allowed pipeline.yaml:3:31 stage "a": \`cwd\` cannot hold an expression, its value is used as it is`,
      ],
    },
    {
      title: 'a bad grace',
      text: `name: demo
stages:
  - { id: a, run: [ls], grace: soon }
`,
      problems: [
        `bad-duration pipeline.yaml:3:32 stage "a": \`grace\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`soon\` (string)`,
      ],
    },
    {
      title: 'no URL',
      text: `name: demo
stages:
  - { id: a, http: { method: GET } }
`,
      problems: [`missing-key pipeline.yaml:3:20 stage "a": \`http.url\` is missing, it must be a string`],
    },
    {
      title: 'half a URL',
      text: `name: demo
stages:
  - { id: a, http: { url: example.org } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:27 stage "a": \`http.url\` must be a full http or https URL, got \`example.org\` (string)`,
      ],
    },
    {
      title: 'an unknown method',
      text: `name: demo
stages:
  - { id: a, http: { url: "https://x.org", method: get } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:52 stage "a": \`http.method\` must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, got \`get\` (string). Did you mean "GET"?`,
      ],
    },
    {
      title: 'an impossible status',
      text: `name: demo
stages:
  - { id: a, http: { url: "https://x.org", expected_status: [200, 2000] } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:67 stage "a": \`http.expected_status[1]\` must be a whole number from 100 to 599, got \`2000\` (number)`,
      ],
    },
    {
      title: 'an unknown response form',
      text: `name: demo
stages:
  - { id: a, http: { url: "https://x.org", response: xml } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:54 stage "a": \`http.response\` must be one of auto, json, text, got \`xml\` (string)`,
      ],
    },
    {
      title: 'a header that is a list',
      text: `name: demo
stages:
  - { id: a, http: { url: "https://x.org", headers: { A: [b] } } }
`,
      problems: [
        `wrong-type pipeline.yaml:3:58 stage "a": \`http.headers.A\` must be a string, a number, or true or false, got \`["b"]\` (list)`,
      ],
    },
    {
      title: 'a gate without checks',
      text: `name: demo
stages:
  - { id: a, gate: { checks: [] } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:30 stage "a": \`gate.checks\` must be a list of at least one check, got \`[]\` (list)`,
      ],
    },
    {
      title: 'a check without assertion',
      text: `name: demo
stages:
  - { id: a, gate: { checks: [{ name: x }] } }
`,
      problems: [
        `missing-key pipeline.yaml:3:31 stage "a": \`gate.checks[0].assert\` is missing, it must be a string`,
      ],
    },
    {
      title: 'a pass rate in percent',
      text: `name: demo
stages:
  - { id: a, gate: { checks: [{ name: x, assert: "true" }], min_pass_rate: 90 } }
`,
      problems: [
        `wrong-value pipeline.yaml:3:76 stage "a": \`gate.min_pass_rate\` must be a number from 0 to 1, got \`90\` (number)`,
      ],
    },
    {
      title: 'an assertion that is no condition',
      text: `name: demo
stages:
  - { id: a, gate: { checks: [{ name: x, assert: 1 + 1 }] } }
`,
      problems: [
        `bad-expression pipeline.yaml:3:50 stage "a": \`1 + 1\` gives a number, it must give true or false`,
      ],
    },
    {
      title: 'an unknown key of set',
      text: `name: demo
stages:
  - { id: a, set: { outputs: 1 } }
`,
      problems: [
        `unknown-key pipeline.yaml:3:21 stage "a": \`outputs\` is not a key of \`set\`. Keys: output, state. Did you mean "output"?`,
      ],
    },
    {
      title: 'a bad sleep',
      text: `name: demo
stages:
  - { id: a, sleep: a while }
`,
      problems: [
        `bad-duration pipeline.yaml:3:21 stage "a": \`sleep\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, got \`a while\` (string)`,
      ],
    },
    {
      title: 'a sleep that is an object',
      text: `name: demo
stages:
  - { id: a, sleep: { hours: 1 } }
`,
      problems: [
        `wrong-type pipeline.yaml:3:21 stage "a": \`sleep\` must be a duration, got \`{"hours":1}\` (object)`,
      ],
    },
    {
      title: 'a time without zone',
      text: `name: demo
stages:
  - { id: a, until: 2030-01-31T09:00:00 }
`,
      problems: [
        `wrong-value pipeline.yaml:3:21 stage "a": \`until\` must be an ISO 8601 time with its zone, such as "2030-01-31T09:00:00Z", got \`2030-01-31T09:00:00\` (string)`,
      ],
    },
    {
      title: 'a wait for nothing',
      text: `name: demo
stages:
  - { id: a, wait_for: { every: 5s } }
`,
      problems: [
        `no-kind pipeline.yaml:3:24 stage "a": \`wait_for\` must have one of: uses, pipeline, file; it has none`,
      ],
    },
    {
      title: 'a wait for several things',
      text: `name: demo
stages:
  - { id: a, wait_for: { file: x, pipeline: y } }
`,
      problems: [
        `several-kinds pipeline.yaml:3:24 stage "a": \`wait_for\` must have one of: uses, pipeline, file; it has pipeline, file`,
      ],
    },
    {
      title: 'a wait with params for a file',
      text: `name: demo
stages:
  - { id: a, wait_for: { file: x, with: { y: 1 } } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:41 stage "a": \`wait_for.with\` goes only with \`wait_for.uses\``,
      ],
    },
    {
      title: 'a wait with an age for a file',
      text: `name: demo
stages:
  - { id: a, wait_for: { file: x, max_age: 1h } }
`,
      problems: [
        `key-not-for-kind pipeline.yaml:3:44 stage "a": \`wait_for.max_age\` goes only with \`wait_for.pipeline\``,
      ],
    },
    {
      title: 'a wait that looks without pause',
      text: `name: demo
stages:
  - { id: a, wait_for: { file: x, every: 0 } }
`,
      problems: [
        `bad-duration pipeline.yaml:3:42 stage "a": \`wait_for.every\` must be a duration such as "90s", "1h30m" or "PT5M", or a number of seconds, longer than 0, got \`0\` (number)`,
      ],
    },
  ],
  graph: [
    {
      title: 'an unknown dependency',
      text: `name: demo
stages:
  - { id: build, set: {} }
  - { id: test, set: {} }
  - id: deploy
    set: {}
    depends_on: [build, tests]
`,
      problems: [
        `unknown-dependency pipeline.yaml:7:25 stage "deploy" needs "tests", which does not exist. Stages here: build, test. Did you mean "test"?`,
      ],
    },
    {
      title: 'an unknown dependency as a text',
      text: `name: demo
stages:
  - { id: build, set: {} }
  - { id: b, set: {}, depends_on: biuld }
`,
      problems: [
        `unknown-dependency pipeline.yaml:4:35 stage "b" needs "biuld", which does not exist. Stages here: build. Did you mean "build"?`,
      ],
    },
    {
      title: 'itself',
      text: `name: demo
stages:
  - { id: a, set: {}, depends_on: [a] }
`,
      problems: [`self-dependency pipeline.yaml:3:36 stage "a" depends on itself`],
    },
    {
      title: 'itself in an expression',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ stages.a.output }}" } }
`,
      problems: [`self-dependency pipeline.yaml:3:5 stage "a" uses its own result in an expression`],
    },
    {
      title: 'a dependency twice',
      text: `name: demo
stages:
  - { id: a, set: {} }
  - { id: b, set: {}, depends_on: [a, a] }
`,
      problems: [`duplicate-item pipeline.yaml:4:39 stage "b" lists "a" twice in \`depends_on\``],
    },
    {
      title: 'a number for a dependency',
      text: `name: demo
stages:
  - { id: a, set: {}, depends_on: [1] }
`,
      problems: [
        `wrong-type pipeline.yaml:3:36 stage "a": \`depends_on[0]\` must be a string, got \`1\` (number); put it in quotes`,
      ],
    },
    {
      title: 'a cycle',
      text: `name: demo
stages:
  - { id: a, set: {}, depends_on: [c] }
  - { id: b, set: {}, depends_on: [a] }
  - { id: c, set: {}, depends_on: [b] }
  - { id: d, set: {}, depends_on: [a] }
`,
      problems: [
        `cycle pipeline.yaml:3:5 stage "a" waits for itself in a cycle:
  a needs → c
  c needs → b
  b needs → a`,
      ],
    },
    {
      title: 'a cycle through an expression',
      text: `name: demo
stages:
  - { id: a, set: {}, depends_on: [b] }
  - { id: b, set: { output: "\${{ stages.a.output }}" } }
`,
      problems: [
        `cycle pipeline.yaml:3:5 stage "a" waits for itself in a cycle:
  a needs → b
  b needs → a`,
      ],
    },
    {
      title: 'two cycles',
      text: `name: demo
stages:
  - { id: a, set: {}, depends_on: [b] }
  - { id: b, set: {}, depends_on: [a] }
  - { id: c, set: {}, depends_on: [d] }
  - { id: d, set: {}, depends_on: [c] }
`,
      problems: [
        `cycle pipeline.yaml:3:5 stage "a" waits for itself in a cycle:
  a needs → b
  b needs → a`,
        `cycle pipeline.yaml:5:5 stage "c" waits for itself in a cycle:
  c needs → d
  d needs → c`,
      ],
    },
    {
      title: 'a dependency on a hook',
      text: `name: demo
stages:
  - { id: a, set: {}, depends_on: [tidy] }
finally:
  - { id: tidy, set: {} }
`,
      problems: [
        `hook-dependency pipeline.yaml:3:36 stage "a" needs "tidy", which is a stage of \`finally\` and cannot be waited for here`,
      ],
    },
    {
      title: 'a hook that depends on a stage',
      text: `name: demo
stages:
  - { id: a, set: {} }
finally:
  - { id: tidy, set: {}, depends_on: [a] }
`,
      problems: [
        `hook-dependency pipeline.yaml:5:39 stage "tidy" needs "a", but a stage of \`finally\` runs after all stages anyway; remove it`,
      ],
    },
    {
      title: 'a stage that uses a hook',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ stages.tidy.output }}" } }
finally:
  - { id: tidy, set: {} }
`,
      problems: [
        `hook-dependency pipeline.yaml:3:41 stage "a" uses \`stages.tidy\`, which is a stage of \`finally\` and has not run by then`,
      ],
    },
    {
      title: 'a hook that uses another hook',
      text: `name: demo
stages:
  - { id: a, set: {} }
on_success:
  - { id: x, set: { output: "\${{ stages.tidy.output }}" } }
finally:
  - { id: tidy, set: {} }
`,
      problems: [
        `hook-dependency pipeline.yaml:5:41 stage "x" uses \`stages.tidy\`, which is a stage of \`finally\` and has not run by then`,
      ],
    },
  ],
  expression: [
    {
      title: 'an unknown input',
      text: `name: demo
inputs: { dataset: { type: string } }
stages:
  - { id: a, set: { output: "\${{ inputs.datset }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:4:41 stage "a" uses \`inputs.datset\`, which does not exist. Inputs here: dataset. Did you mean "dataset"?`,
      ],
    },
    {
      title: 'an unknown variable',
      text: `name: demo
variables: { out_dir: x }
stages:
  - { id: a, set: { output: "to \${{ variables.outdir }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:4:47 stage "a" uses \`variables.outdir\`, which does not exist. Variables here: out_dir. Did you mean "out_dir"?`,
      ],
    },
    {
      title: 'an unknown stage',
      text: `name: demo
stages:
  - { id: prepare, set: {} }
  - { id: a, set: { output: "\${{ stages.prepair.output }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:4:41 stage "a" uses \`stages.prepair\`, which does not exist. Stages here: prepare, a. Did you mean "prepare"?`,
      ],
    },
    {
      title: 'an unknown field of a stage',
      text: `name: demo
stages:
  - { id: p, set: {} }
  - { id: a, set: { output: "\${{ stages.p.outputt.x }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:4:43 stage "a" uses \`stages.p.outputt\`, which does not exist. A stage has: output, status, metrics, error. Did you mean "output"?`,
      ],
    },
    {
      title: 'a computed stage',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ stages[run.id].output }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:34 stage "a" uses \`stages\` without a literal ID; write \`stages.ID\` or \`stages["my-id"]\``,
      ],
    },
    {
      title: 'an unknown fact of the run',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ run.idd }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:38 stage "a" uses \`run.idd\`, which does not exist. \`run\` has: id, workflow_id, pipeline, version, mode, attempt, started_at, scheduled_at, partition. Did you mean "id"?`,
      ],
    },
    {
      title: 'an unknown fact of a partition',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ run.partition.begin }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:48 stage "a" uses \`run.partition.begin\`, which does not exist. \`run.partition\` has: start, end, key, index`,
      ],
    },
    {
      title: 'run.status outside of hooks',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ run.status }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:38 stage "a" uses \`run.status\`, which does not exist. \`run.status\` exists only in hooks. \`run\` has: id, workflow_id, pipeline, version, mode, attempt, started_at, scheduled_at, partition`,
      ],
    },
    {
      title: 'an unknown root',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ input.x }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:34 stage "a" in \`input.x\`: \`input\` is not a known name. Names here: inputs, variables, stages, state, metrics, run. Did you mean "inputs"?`,
      ],
    },
    {
      title: 'item outside of a fan-out',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ item }}" } }
`,
      problems: [`unknown-name pipeline.yaml:3:34 stage "a" uses \`item\`, which exists only inside a map`],
    },
    {
      title: 'an unknown function',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ now() }}" } }
`,
      problems: [`bad-expression pipeline.yaml:3:34 stage "a" in \`now()\`: there is no function \`now()\``],
    },
    {
      title: 'a syntax error',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ 1 + }}" } }
`,
      problems: [`bad-expression pipeline.yaml:3:37 stage "a" in \`1 +\`: it ends too early`],
    },
    {
      title: 'an expression that never ends',
      text: `name: demo
stages:
  - { id: a, set: { output: "x \${{ 1 + 1" } }
`,
      problems: [`bad-expression pipeline.yaml:3:32 stage "a": \`\${{\` is never closed by \`}}\``],
    },
    {
      title: 'a condition in braces',
      text: `name: demo
stages:
  - { id: a, set: {}, condition: "\${{ true }}" }
`,
      problems: [
        `bad-expression pipeline.yaml:3:35 stage "a": \`condition\` is an expression by itself; write it without \`\${{ }}\``,
      ],
    },
    {
      title: 'a condition that is a number',
      text: `name: demo
stages:
  - { id: a, set: {}, condition: 1 + 1 }
`,
      problems: [
        `bad-expression pipeline.yaml:3:34 stage "a": \`1 + 1\` gives a number, it must give true or false`,
      ],
    },
    {
      title: 'an empty condition',
      text: `name: demo
stages:
  - { id: a, set: {}, condition: "" }
`,
      problems: [`bad-expression pipeline.yaml:3:35 stage "a" has an empty expression here`],
    },
    {
      title: 'types that do not fit',
      text: `name: demo
stages:
  - { id: a, set: {}, condition: "1 + 'a' == 2" }
`,
      problems: [
        `bad-expression pipeline.yaml:3:35 stage "a" in \`1 + 'a' == 2\`: \`+\` cannot take number and string`,
      ],
    },
    {
      title: 'two mistakes in one string',
      text: `name: demo
stages:
  - { id: a, set: { output: "\${{ inputs.x }} \${{ inputs.y }}" } }
`,
      problems: [
        `unknown-name pipeline.yaml:3:41 stage "a" uses \`inputs.x\`, which does not exist. Inputs here: (none)`,
        `unknown-name pipeline.yaml:3:57 stage "a" uses \`inputs.y\`, which does not exist. Inputs here: (none)`,
      ],
    },
    {
      title: 'an expression in a task queue',
      text: `name: demo
stages:
  - { id: a, uses: x, task_queue: "q-\${{ run.id }}" }
`,
      problems: [
        `expression-not-allowed pipeline.yaml:3:38 stage "a": \`task_queue\` cannot hold an expression, its value is used as it is`,
      ],
    },
    {
      title: 'an unknown stage in outputs',
      text: `name: demo
stages:
  - { id: a, set: {} }
outputs: { x: "\${{ stages.b.output }}" }
`,
      problems: [
        `unknown-name pipeline.yaml:4:27 output "x" uses \`stages.b\`, which does not exist. Stages here: a`,
      ],
    },
  ],
};
