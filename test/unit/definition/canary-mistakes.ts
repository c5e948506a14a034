import type { Mistake } from './mistakes.js';

/** Each way in which a canary can be wrong. */
export const CANARY_MISTAKES: readonly Mistake[] = [
  {
    title: 'a target that is nothing',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { service: a }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `no-kind pipeline.yaml:7:15 stage "c": \`canary.target\` must have one of: router, uses, http; it has none`,
    ],
  },
  {
    title: 'a target that is two things',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { service: a, router: http://x, uses: f }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `several-kinds pipeline.yaml:7:15 stage "c": \`canary.target\` must have one of: router, uses, http; it has router, uses`,
    ],
  },
  {
    title: 'a router without a service',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://x }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `missing-key pipeline.yaml:7:15 stage "c": \`canary.target\` must name the \`service\` of the router`,
    ],
  },
  {
    title: 'a router that is no URL',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: x.y, service: a }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-value pipeline.yaml:7:25 stage "c": \`router\` must be a full http or https URL, got \`x.y\` (string)`,
    ],
  },
  {
    title: 'a target function that is not told the weight',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { uses: f }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `missing-key pipeline.yaml:7:15 stage "c": \`canary.target.with\` is missing: give "f" the weight, such as \`{ weights: "\${{ weights }}" }\``,
    ],
  },
  {
    title: 'params without a function',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { http: { url: http://x }, with: { a: 1 } }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `key-not-for-kind pipeline.yaml:7:42 stage "c": \`canary.target.with\` goes only with \`canary.target.uses\``,
    ],
  },
  {
    title: 'a misspelt name of a target',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { uses: f, with: { w: '\${{ wieght }}' } }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `unknown-name pipeline.yaml:7:42 stage "c" in \`wieght\`: \`wieght\` is not a known name. Names here: inputs, variables, stages, state, metrics, run, service, baseline, candidate, weight, weights. Did you mean "weight"?`,
    ],
  },
  {
    title: 'a name of KPIs in a target',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { uses: f, with: { w: '\${{ version }}' } }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `unknown-name pipeline.yaml:7:42 stage "c" uses \`version\`, which is not a known name. Names here: inputs, variables, stages, state, metrics, run, service, baseline, candidate, weight, weights`,
    ],
  },
  {
    title: 'a secret in a body',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { http: { url: http://x, body: '\${{ secrets.A }}' } }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `secret-not-allowed pipeline.yaml:7:51 stage "c": \`secrets.A\` cannot stand here, it would be recorded. Secrets go in \`with\` of \`uses\`, \`env\`, headers and URLs`,
    ],
  },
  {
    title: 'steps that do not ascend',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50, 50, 20]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-value pipeline.yaml:8:22 stage "c": \`canary.steps\` must ascend, but 50 comes after 50`,
      `wrong-value pipeline.yaml:8:26 stage "c": \`canary.steps\` must ascend, but 20 comes after 50`,
    ],
  },
  {
    title: 'weights that are no percentages of traffic',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [0, 50, 101]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-value pipeline.yaml:8:15 stage "c": \`canary.steps[0]\` must be a whole number from 1 to 100, got \`0\` (number)`,
      `wrong-value pipeline.yaml:8:22 stage "c": \`canary.steps[2]\` must be a whole number from 1 to 100, got \`101\` (number)`,
    ],
  },
  {
    title: 'a step with another key',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [{ weigth: 5 }]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-type pipeline.yaml:8:15 stage "c": \`canary.steps[0]\` must be a whole number from 1 to 100, or an object of \`weight\` and \`soak\`, got \`{"weigth":5}\` (object)`,
    ],
  },
  {
    title: 'a step that ends before it is measured',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [{ weight: 5, soak: 10s }, { weight: 100, soak: 0 }]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-value pipeline.yaml:8:34 stage "c" has a soak of 10s, which ends before the first evaluation: the interval is 30s`,
    ],
  },
  {
    title: 'a soak shorter than the interval',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      soak: 10s
`,
    problems: [
      `wrong-value pipeline.yaml:10:13 stage "c" has a soak of 10s, which ends before the first evaluation: the interval is 30s`,
    ],
  },
  {
    title: 'an interval longer than the default soak',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      interval: 10m
`,
    problems: [
      `wrong-value pipeline.yaml:10:17 stage "c" has a soak of 5m, which ends before the first evaluation: the interval is 10m; give \`canary.soak\``,
    ],
  },
  {
    title: 'a KPI without a bound',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, uses: f }]
`,
    problems: [
      `missing-key pipeline.yaml:9:14 stage "c" has no bound for KPI "a"; give it \`min\`, \`max\` or \`baseline\``,
    ],
  },
  {
    title: 'a comparison with the baseline that bounds nothing',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, uses: f, max: 1, baseline: {} }]
`,
    problems: [
      `missing-key pipeline.yaml:9:52 stage "c": \`baseline\` of KPI "a" bounds nothing; give it one of: max_ratio, min_ratio, max_increase, max_decrease`,
    ],
  },
  {
    title: 'bounds that exclude each other',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, uses: f, min: 2, max: 1 }]
`,
    problems: [`wrong-value pipeline.yaml:9:39 stage "c": \`min\` of KPI "a" is 2, above its \`max\` of 1`],
  },
  {
    title: 'two KPIs of a name',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, uses: f, min: 2 }, { name: a, uses: g, min: 2 }]
`,
    problems: [`duplicate-item pipeline.yaml:9:52 stage "c": \`canary.kpis\` has two KPIs named "a"`],
  },
  {
    title: 'a KPI without a source',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1 }]
`,
    problems: [
      `no-kind pipeline.yaml:9:14 stage "c": \`canary.kpis[0]\` must have one of: prometheus, http, uses; it has none`,
    ],
  },
  {
    title: 'a KPI with two sources',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1, uses: f, http: { url: http://x, value: body.x } }]
`,
    problems: [
      `several-kinds pipeline.yaml:9:14 stage "c": \`canary.kpis[0]\` must have one of: prometheus, http, uses; it has http, uses`,
    ],
  },
  {
    title: 'an expression in braces where none are needed',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1, http: { url: http://x, value: '\${{ body.x }}' } }]
`,
    problems: [
      `bad-expression pipeline.yaml:9:64 stage "c": \`value\` is an expression by itself; write it without \`\${{ }}\``,
    ],
  },
  {
    title: 'an expression over an answer that reads the run',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1, http: { url: http://x, value: 'body.x * inputs.y' } }]
`,
    problems: [
      `unknown-name pipeline.yaml:9:73 stage "c": \`value\` cannot read \`inputs\`: it is evaluated over the answer. Names here: body, version, window_seconds`,
    ],
  },
  {
    title: 'a misspelt name in an expression over an answer',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1, http: { url: http://x, value: 'bodi.x' } }]
`,
    problems: [
      `unknown-name pipeline.yaml:9:64 stage "c" in \`bodi.x\`: \`bodi\` is not a known name. Names here: inputs, variables, stages, state, metrics, run, body, version, window_seconds. Did you mean "body"?`,
    ],
  },
  {
    title: 'an expression that ends too early',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1, http: { url: http://x, value: 'body.x +' } }]
`,
    problems: [`bad-expression pipeline.yaml:9:72 stage "c" in \`body.x +\`: it ends too early`],
  },
  {
    title: 'samples that nobody counts',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, max: 1, http: { url: http://x, value: 'body.x' } }, { name: b, max: 1, prometheus: { url: http://x, query: q } }]
      min_samples: 10
`,
    problems: [
      `missing-key pipeline.yaml:9:39 stage "c" needs 10 samples of KPI "a", which does not say how many there are: add \`http.samples\`, an expression that gives the number, or set its \`min_samples\` to 0`,
      `missing-key pipeline.yaml:9:108 stage "c" needs 10 samples of KPI "b", which does not say how many there are: add \`prometheus.samples\`, a query that gives the number, or set its \`min_samples\` to 0`,
    ],
  },
  {
    title: 'an unknown key of a KPI',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: a, uses: f, maximum: 1 }]
`,
    problems: [
      `unknown-key pipeline.yaml:9:34 stage "c": \`maximum\` is not a key of \`canary.kpis[0]\`. Keys: name, prometheus, http, uses, with, min, max, baseline, min_samples.`,
    ],
  },
  {
    title: 'an unknown key of a canary',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      inteval: 10s
`,
    problems: [
      `unknown-key pipeline.yaml:10:7 stage "c": \`inteval\` is not a key of \`canary\`. Keys: baseline, candidate, target, steps, soak, interval, window, min_samples, failure_limit, inconclusive, inconclusive_after, kpis, promote, approval, timeout. Did you mean "interval"?`,
    ],
  },
  {
    title: 'another way to promote',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      promote: manual
`,
    problems: [
      `wrong-value pipeline.yaml:10:16 stage "c": \`canary.promote\` must be one of automatic, approval, got \`manual\` (string)`,
    ],
  },
  {
    title: 'a candidate that is the baseline',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v1
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-value pipeline.yaml:6:18 stage "c": \`canary.candidate\` is the same version as \`canary.baseline\`, \`v1\` (string)`,
    ],
  },
  {
    title: 'approvers whom nobody asks',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      inconclusive: fail
      approval: { approvers: [a] }
`,
    problems: [
      `key-not-for-kind pipeline.yaml:11:7 stage "c": \`canary.approval\` goes only with \`promote: approval\` or \`inconclusive: ask\`: nobody is asked here`,
    ],
  },
  {
    title: 'more approvals than approvers, and a decision without a time',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      promote: approval
      approval: { approvers: [a], required: 2, on_timeout: promote }
`,
    problems: [
      `wrong-value pipeline.yaml:11:45 stage "c": \`required\` is 2, but \`approvers\` names one person`,
      `key-not-for-kind pipeline.yaml:11:48 stage "c": \`canary.approval.on_timeout\` goes only with \`canary.approval.timeout\``,
    ],
  },
  {
    title: 'a promotion by time that nobody waits for',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      approval: { timeout: 1h, on_timeout: promote }
`,
    problems: [
      `wrong-value pipeline.yaml:10:44 stage "c": \`canary.approval.on_timeout: promote\` goes only with \`promote: approval\`; an inconclusive step is rolled back`,
    ],
  },
  {
    title: 'patience that does not count',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      inconclusive: pass
      inconclusive_after: 1m
`,
    problems: [
      `key-not-for-kind pipeline.yaml:11:7 stage "c": \`canary.inconclusive_after\` does not go with \`inconclusive: pass\`, which waits for the end of the soak`,
    ],
  },
  {
    title: 'patience shorter than the interval',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
      interval: 2m
      inconclusive_after: 1m
`,
    problems: [
      `wrong-value pipeline.yaml:11:27 stage "c": \`canary.inconclusive_after\` must be at least the interval, 2m`,
    ],
  },
  {
    title: 'settings of other kinds',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
    timeout: 1h
    retry: { max_attempts: 2 }
    fallback: { value: 1 }
    map: { over: [1] }
    cache: true
`,
    problems: [
      `key-not-for-kind pipeline.yaml:10:5 stage "c": \`timeout\` does not fit \`canary\` stages: write \`canary.timeout\`, which bounds the whole and rolls back`,
      `key-not-for-kind pipeline.yaml:11:5 stage "c": \`retry\` does not fit \`canary\` stages: what was rolled back is not tried again by itself; see \`hold_on_failure\``,
      `key-not-for-kind pipeline.yaml:12:5 stage "c": \`fallback\` does not fit \`canary\` stages: a candidate that was rolled back would count as a success; see \`continue_on_error\``,
      `key-not-for-kind pipeline.yaml:13:5 stage "c": \`map\` does not fit \`canary\` stages: one service has one canary at a time; write a stage for each service`,
      `key-not-for-kind pipeline.yaml:14:5 stage "c": \`cache\` does not fit \`canary\` stages; it goes with: uses, run, http`,
    ],
  },
  {
    title: 'a canary after the end',
    text: `name: demo
stages: [{ id: a, set: {} }]
finally:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
      steps: [5, 50]
      kpis: [{ name: f1, uses: f1, with: { v: '\${{ version }}' }, min: 0.8 }]
`,
    problems: [
      `wrong-value pipeline.yaml:6:7 stage "c" is a canary in \`finally\`; traffic cannot be moved and watched once the run has ended`,
    ],
  },
  {
    title: 'a canary without steps and KPIs',
    text: `name: demo
stages:
  - id: c
    canary:
      baseline: v1
      candidate: v2
      target: { router: http://127.0.0.1:8080, service: mapper }
`,
    problems: [
      `missing-key pipeline.yaml:5:7 stage "c": \`canary.steps\` is missing, it must be a list of weights`,
      `missing-key pipeline.yaml:5:7 stage "c": \`canary.kpis\` is missing, it must be a list of KPIs`,
    ],
  },
  {
    title: 'a canary of nothing',
    text: `name: demo
stages: [{ id: a, canary: null }]
`,
    problems: [`wrong-type pipeline.yaml:2:27 stage "a": \`canary\` must be an object, got \`null\``],
  },
];
