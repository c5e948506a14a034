import { create } from 'xmlbuilder2';
import type { Beat, Display, Effect, Line } from '../shapes.js';
import { settingsOf } from './effect-settings.js';

export type SequenceInput = {
  readonly title: string;
  readonly mediaFile: string;
  readonly durationMs: number;
  readonly colours: readonly string[];
  readonly display: Display;
  readonly beats: readonly Beat[];
  readonly lines: readonly Line[];
  readonly effects: readonly Effect[];
};

/** xLights plays in frames of this length, and every time in a sequence is a multiple of it. */
const FRAME_MS = 25;

type Node = ReturnType<typeof create>;
type Span = { readonly start_ms: number; readonly end_ms: number };

/** The show as a sequence in the format of xLights (.xsq): see schema/sequence.xsd for the part of it that is used. */
export function writeSequence(input: SequenceInput): string {
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele('xsequence', {
    BaseChannel: 0,
    ChanCtrlBasic: 0,
    ChanCtrlColor: 0,
    FixedPointTiming: 1,
    ModelBlending: 'true',
  });
  writeHead(root, input);
  writePalettes(root, input.colours);
  const effects = input.effects.filter((effect) => frame(effect.end_ms) > frame(effect.start_ms));
  const settings = [...new Set(effects.map(settingsOf))];
  const store = root.ele('EffectDB');
  for (const text of settings) store.ele('Effect').txt(text);
  writeElements(root, { ...input, effects }, settings);
  return root.end({ prettyPrint: true });
}

function writeHead(root: Node, { title, mediaFile, durationMs }: SequenceInput): void {
  const head = root.ele('head');
  head.ele('version').txt('2024.01');
  head.ele('song').txt(title);
  head.ele('sequenceTiming').txt(`${FRAME_MS} ms`);
  head.ele('sequenceType').txt('Media');
  head.ele('mediaFile').txt(mediaFile);
  head.ele('sequenceDuration').txt((frame(durationMs) / 1000).toFixed(3));
}

/** One palette for each colour, in the order of the plan. */
function writePalettes(root: Node, colours: readonly string[]): void {
  const palettes = root.ele('ColorPalettes');
  for (const colour of colours) {
    const settings = `C_BUTTON_Palette1=${colour.toUpperCase()},C_CHECKBOX_Palette1=1`;
    palettes.ele('ColorPalette').txt(settings);
  }
}

function writeElements(root: Node, input: SequenceInput, settings: readonly string[]): void {
  const models = input.display.groups.flatMap((group) => group.models);
  const marks: ReadonlyArray<readonly [string, ReadonlyArray<Span & { readonly label: string }>]> = [
    ['Beats', input.beats.map((beat, index) => ({ ...beat, label: String((index % 4) + 1) }))],
    ...(input.lines.length === 0
      ? []
      : [['Lyrics', input.lines.map((line) => ({ ...line, label: line.text }))] as const]),
  ];
  const shown = root.ele('DisplayElements');
  for (const [name] of marks) shown.ele('Element', { type: 'timing', name, visible: 1, active: 1 });
  for (const name of models) shown.ele('Element', { type: 'model', name, visible: 1 });

  const elements = root.ele('ElementEffects');
  for (const [name, own] of marks) {
    const layer = elements.ele('Element', { type: 'timing', name }).ele('EffectLayer');
    for (const mark of own) layer.ele('Effect', { label: mark.label, ...times(mark) });
  }
  for (const name of models) {
    const layer = elements.ele('Element', { type: 'model', name }).ele('EffectLayer');
    for (const effect of ofModel(input.effects, name)) {
      const ref = settings.indexOf(settingsOf(effect));
      layer.ele('Effect', { ref, name: effect.name, ...times(effect), palette: effect.colour });
    }
  }
}

function ofModel(effects: readonly Effect[], model: string): readonly Effect[] {
  return effects.filter((effect) => effect.model === model).toSorted((a, b) => a.start_ms - b.start_ms);
}

function times(span: Span): { startTime: number; endTime: number } {
  return { startTime: frame(span.start_ms), endTime: frame(span.end_ms) };
}

function frame(ms: number): number {
  return Math.round(ms / FRAME_MS) * FRAME_MS;
}
