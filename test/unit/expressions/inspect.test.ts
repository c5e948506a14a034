import { describe, expect, it } from 'vitest';
import { inspectExpression, type NameUse, splitTemplate } from '../../../src/expressions/inspect.js';

describe('names of an expression', () => {
  it.each<[string, readonly string[]]>([
    ['stages.train.output.rows > 1', ['stages@0 train@7 output@13 rows@20']],
    ['stages["my-id"].output', ['stages@0 my-id@7 output@16']],
    ['stages[inputs.which].output', ['stages@0 [computed]', 'inputs@7 which@14']],
    ['inputs.list[0].name', ['inputs@0 list@7 [computed]']],
    ['has(stages.a.output)', ['stages@4 a@11 output@13']],
    ['inputs.list.map(x, x.a + stages.b.output)', ['inputs@0 list@7', 'stages@25 b@32 output@34']],
    ['inputs.list.map(stages, stages.a)', ['inputs@0 list@7']],
    ['inputs.list.filter(x, x > 1).map(y, y + run.attempt)', ['inputs@0 list@7', 'run@40 attempt@44']],
    ['size(inputs.a) + size(variables.b)', ['inputs@5 a@12', 'variables@22 b@32']],
    ['{"k": inputs.a}.k', ['inputs@6 a@13']],
    ['hash(inputs)', ['inputs@5']],
    ['1 + 1', []],
  ])('%s', (source, expected) => {
    const { names } = inspectExpression(source);
    expect(names?.map(shown)).toEqual(expected);
  });

  it.each([
    ['1 +', 3, 'it ends too early'],
    [
      'inputs.a + nope.b',
      11,
      '`nope` is not a known name. Names here: inputs, variables, stages, state, metrics, run',
    ],
    ['1 + "a"', 0, '`+` cannot take number and string'],
    ['', 0, 'it is empty'],
  ])('a problem of %j has its offset', (source, offset, message) => {
    expect(inspectExpression(source).problem).toEqual({ message, offset });
  });

  it('knows the type where the values do not decide it', () => {
    expect(inspectExpression('1 + 1').type).toBe('double');
    expect(inspectExpression('inputs.a == 1').type).toBe('bool');
    expect(inspectExpression('inputs.a').type).toBe('dyn');
  });
});

describe('parts of a template', () => {
  it('carry their offsets', () => {
    expect(splitTemplate('a ${{ inputs.x }} b ${{secrets.S}}').parts).toEqual([
      { type: 'text', text: 'a ', offset: 0 },
      { type: 'expression', source: 'inputs.x', offset: 6 },
      { type: 'text', text: ' b ', offset: 17 },
      { type: 'secret', name: 'S', offset: 23 },
    ]);
  });

  it.each([
    ['x ${{ a', 2],
    ['${{ "a }}', 0],
    ['${{ a } b', 0],
    ['ok ${{ a }} ${{', 12],
  ])('an expression that is never closed is a problem: %s', (text, offset) => {
    expect(splitTemplate(text).problem).toEqual({ message: '`${{` is never closed by `}}`', offset });
  });
});

function shown({ root, offset, path, computed }: NameUse): string {
  const steps = path.map((step) => ` ${step.name}@${step.offset}`).join('');
  return `${root}@${offset}${steps}${computed ? ' [computed]' : ''}`;
}
