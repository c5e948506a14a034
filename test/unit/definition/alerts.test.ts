import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compileDefinition } from '../../../src/definition/compile.js';
import { ALERT_NAMES } from '../../../src/engine/alert-names.js';

type Alert = Readonly<Record<string, unknown>>;

function compile(alert: Alert) {
  const definition = {
    name: 'data',
    stages: [{ id: 'load', set: { output: 1 } }],
    alerts: [{ name: 'a', channels: ['ops'], ...alert }],
  };
  const catalog = { stages: new Map(), pipelines: new Map(), channels: new Set(['ops', 'pager']) };
  const { plan, problems } = compileDefinition(definition, { catalog, env: {}, file: 'data.yaml' });
  return {
    rule: plan?.alerts?.[0],
    problems: problems.map(({ code, message }) => `${code}: ${message}`),
    problem: problems[0],
  };
}

describe('a rule', () => {
  it('that compares the duration is also judged at these moments', () => {
    const { rule } = compile({
      when: 'duration_minutes > 120 || (mode == "full" && 90.5 < duration_minutes)',
    });
    expect(rule).toMatchObject({ by: 'run', at_minutes: [90.5, 120], severity: 'medium' });
  });

  it('that reads what happens in a run is judged then', () => {
    expect(compile({ when: 'deadline_missed || size(held_stages) > 0' }).rule?.also_on).toEqual([
      'deadline',
      'people',
    ]);
  });

  it('that reads the history of its pipeline is judged by a monitor, as a message may say too', () => {
    expect(compile({ when: 'data_age_hours > 48' }).rule).toMatchObject({ by: 'monitor' });
    const { rule } = compile({ when: "pipeline_status == 'failed'", message: 'at ${{ error_rate }}' });
    expect(rule?.by).toBe('monitor');
  });

  it('keeps its durations in milliseconds and its steps in the order of their times', () => {
    const { rule } = compile({
      when: 'partial',
      for: '5m',
      consecutive: 3,
      repeat: '4h',
      escalate: [
        { after: '2h', channels: ['ops'] },
        { after: '30m', channels: ['pager'], severity: 'critical' },
      ],
      quiet_hours: { from: '22:30', to: '07:00', timezone: 'Europe/Berlin' },
    });
    expect(rule).toMatchObject({
      for_ms: 300_000,
      after_times: 3,
      repeat_ms: 14_400_000,
      escalate: [
        { after_ms: 1_800_000, channels: ['pager'], severity: 'critical' },
        { after_ms: 7_200_000, channels: ['ops'] },
      ],
      quiet_hours: { from: 1_350, to: 420, timezone: 'Europe/Berlin', below: 'high' },
    });
  });

  it('that reads a name which does not exist is refused, and so is one in another expression', () => {
    const { problem } = compile({ when: "pipline_status == 'failed'" });
    expect(problem).toMatchObject({ code: 'unknown-name', suggestion: 'pipeline_status' });
    const stage = { id: 'load', set: {}, condition: 'error_rate > 0.1' };
    const { problems } = compileDefinition({ name: 'data', stages: [stage] }, { catalog: null, env: {} });
    expect(problems[0]).toMatchObject({ code: 'unknown-name' });
  });

  it('is told only to channels that the configuration has', () => {
    const { problems, problem } = compile({ when: 'partial', escalate: { after: '1h', channels: ['pagr'] } });
    expect(problems).toEqual([
      expect.stringMatching(
        /^unknown-channel: alert "a" is told to the channel "pagr", which does not exist\. Channels here: ops, pager/,
      ),
    ]);
    expect(problem?.suggestion).toBe('pager');
  });
});

describe('the reference of alerts', () => {
  it('has every name that a rule may read', async () => {
    const page = await readFile(new URL('../../../docs/reference/alerts.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| `(\w+)` +\| (?:both|a run|a monitor) /gm)].map(
      (match) => match[1],
    );
    expect(new Set(documented)).toEqual(new Set(Object.keys(ALERT_NAMES)));
  });
});
