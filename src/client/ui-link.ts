/** The page of a run in the Temporal Web UI. */
export function runUrl(uiUrl: string, namespace: string, run: { workflowId: string; runId: string }): string {
  const path = [namespace, 'workflows', run.workflowId, run.runId]
    .map((part) => encodeURIComponent(part))
    .join('/');
  return `${uiUrl.replace(/\/$/, '')}/namespaces/${path}/history`;
}
