import { PROJECT_MEMO, type Session } from '../runs/session.js';

/** What a run that a schedule starts says of where its configuration is, on a server of this machine. */
export function projectMemo({ server, config }: Session): Readonly<Record<string, string>> {
  return server.kind === 'configured' ? {} : { [PROJECT_MEMO]: config.projectDir };
}
