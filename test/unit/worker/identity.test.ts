import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { parseWorkerIdentity, projectTag, workerIdentity } from '../../../src/worker/identity.js';

it('tells process, host, project and whether the worker lasts', () => {
  const facts = { pid: process.pid, host: hostname(), project: projectTag('/home/ada/my project') };
  expect(parseWorkerIdentity(workerIdentity('/home/ada/my project'))).toEqual({ ...facts, isPassing: false });
  expect(parseWorkerIdentity(workerIdentity('/home/ada/my project', { isPassing: true }))).toEqual({
    ...facts,
    isPassing: true,
  });
});

it('gives folders of the same name different tags', () => {
  expect(projectTag('/a/tetra')).toMatch(/^tetra-[0-9a-f]{6}$/);
  expect(projectTag('/a/tetra')).not.toBe(projectTag('/b/tetra'));
  expect(projectTag('/a/my project')).toMatch(/^my_project-/);
});

it('takes what it can from identities of other workers', () => {
  expect(parseWorkerIdentity('4711@laptop')).toEqual({
    pid: 4711,
    host: 'laptop',
    project: null,
    isPassing: false,
  });
  expect(parseWorkerIdentity('gpu-worker')).toEqual({
    pid: null,
    host: null,
    project: null,
    isPassing: false,
  });
});
