import { readFile } from 'node:fs/promises';
import { validateXML } from 'xmllint-wasm';
import { fromProject } from '../paths.js';

/** What is wrong with a sequence according to its schema; nothing when the list is empty. */
export async function checkSequence(xml: string): Promise<readonly string[]> {
  const schema = await readFile(fromProject('schema/sequence.xsd'), 'utf8');
  const { errors } = await validateXML({
    xml: [{ fileName: 'sequence.xsq', contents: xml }],
    schema: [{ fileName: 'sequence.xsd', contents: schema }],
  });
  return errors.map(({ message, loc }) => (loc === null ? message : `line ${loc.lineNumber}: ${message}`));
}
