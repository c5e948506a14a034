import { describe, expect, it } from 'vitest';
import { ExpressionError } from '../../../src/expressions/expression-error.js';
import { resolveTemplate } from '../../../src/expressions/template.js';
import type { Json } from '../../../src/shared/json.js';
import { scopeWith } from './scope.js';

const scope = scopeWith({ i: 3, list: [1, { a: 1 }], nothing: null, text: 'hello' });

function valueOf(template: Json): Json {
  return resolveTemplate(template, scope).value;
}

describe('templates', () => {
  it('keep the type of a string that is one whole expression', () => {
    expect(valueOf('${{ inputs.i }}')).toBe(3);
    expect(valueOf('${{inputs.list}}')).toEqual([1, { a: 1 }]);
    expect(valueOf('${{ inputs.nothing }}')).toBeNull();
  });

  it('splice values into text: strings as they are, null as nothing, others as JSON', () => {
    expect(valueOf('i=${{ inputs.i }}, t=${{ inputs.text }}, n=${{ inputs.nothing }}.')).toBe(
      'i=3, t=hello, n=.',
    );
    expect(valueOf('list: ${{ inputs.list }}')).toBe('list: [1,{"a":1}]');
    expect(valueOf(' ${{ inputs.i }}')).toBe(' 3');
  });

  it('resolve strings at any depth, but no keys', () => {
    expect(valueOf({ a: ['x', { b: '${{ inputs.i }}' }], '${{ inputs.i }}': true })).toEqual({
      a: ['x', { b: 3 }],
      '${{ inputs.i }}': true,
    });
  });

  it('write a literal `${{` for `$${{`', () => {
    expect(valueOf('$${{ inputs.i }} is ${{ inputs.i }}')).toBe('${{ inputs.i }} is 3');
    expect(valueOf('$${{ inputs.i }}')).toBe('${{ inputs.i }}');
  });

  it('find the end of an expression behind braces and quotes', () => {
    expect(valueOf('${{ {"a": {"b": 1}} }}')).toEqual({ a: { b: 1 } });
    expect(valueOf('${{ {"a": 1}}}')).toEqual({ a: 1 });
    expect(valueOf('${{ "}}" + \'}}\' }}!')).toBe('}}}}!');
    expect(valueOf('${{ "\\"}}" }}')).toBe('"}}');
    expect(valueOf('${{ """it\'s }} " """ }}')).toBe('it\'s }} " ');
  });

  it('leave other dollars alone', () => {
    const text = 'echo ${HOME} $HOME $$ {{ x }}';
    expect(valueOf(text)).toBe(text);
  });

  it('come back as the same object when they hold no expression', () => {
    const template = { a: [1, { b: 'c' }], d: null };
    const resolved = resolveTemplate(template, scope);
    expect(resolved.value).toBe(template);
    expect(resolved.secretSlots).toEqual([]);
  });

  it('share the parts that hold no expression', () => {
    const plain = { deep: [1, 2, 3] };
    expect(valueOf({ plain, other: '${{ inputs.i }}' })).toHaveProperty('plain', plain);
  });

  it('say what is wrong with an expression', () => {
    expect(() => valueOf('${{ inputs.nope }}')).toThrow(ExpressionError);
    expect(() => valueOf('${{ inputs.i')).toThrow('`${{` is never closed by `}}`');
  });
});

describe('secrets', () => {
  it('never enter the value; a slot says where the worker puts them', () => {
    const resolved = resolveTemplate(
      { token: '${{ secrets.TOKEN }}', 'a/b~c': [{ auth: 'Bearer ${{secrets.KEY}}-${{ inputs.i }}' }] },
      scope,
    );
    expect(resolved).toEqual({
      value: { token: '***', 'a/b~c': [{ auth: '***' }] },
      secretSlots: [
        { at: '/token', parts: [{ secret: 'TOKEN' }] },
        { at: '/a~1b~0c/0/auth', parts: ['Bearer ', { secret: 'KEY' }, '-', '3'] },
      ],
    });
  });

  it('stand alone: in a larger expression they are an error', () => {
    expect(() => valueOf('${{ secrets.TOKEN + "x" }}')).toThrow('`secrets` can only stand alone');
  });

  it('may be a whole template', () => {
    expect(resolveTemplate('${{ secrets.TOKEN }}', scope)).toEqual({
      value: '***',
      secretSlots: [{ at: '', parts: [{ secret: 'TOKEN' }] }],
    });
  });
});
