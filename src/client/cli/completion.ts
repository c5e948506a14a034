import type { Argument, Command, Option } from 'commander';

export type CompletionItem = { readonly name: string; readonly description: string };

/** What may stand at the end of a command line: one of these words, or the name of a file. */
export type Completion =
  { readonly kind: 'words'; readonly items: readonly CompletionItem[] } | { readonly kind: 'files' };

/** `words` is the command line without the program's name; the last one is being typed and may be empty. */
export function complete(program: Command, words: readonly string[]): Completion {
  const typed = words.at(-1) ?? '';
  const { command, position, pending } = walk(program, words.slice(0, -1));
  if (pending !== null) return valuesOf(pending, typed, '');
  const equals = typed.indexOf('=');
  if (typed.startsWith('--') && equals !== -1) {
    const option = findOption(command, typed.slice(0, equals));
    return option === undefined ? NOTHING : valuesOf(option, typed, `${typed.slice(0, equals)}=`);
  }
  if (typed.startsWith('-')) return matching(optionsOf(command).map(optionItem), typed);
  if (command.commands.length > 0) {
    const commands = command.createHelp().visibleCommands(command);
    return matching(
      commands.map((child) => ({ name: child.name(), description: child.description() })),
      typed,
    );
  }
  const argument = command.registeredArguments[position] ?? command.registeredArguments.at(-1);
  const isTaken =
    argument === undefined || (position >= command.registeredArguments.length && !argument.variadic);
  return isTaken ? NOTHING : argumentValues(argument, typed);
}

const NOTHING: Completion = { kind: 'words', items: [] };

type Place = {
  readonly command: Command;
  /** Index of the next argument of the command. */
  readonly position: number;
  /** The option whose value comes next. */
  readonly pending: Option | null;
};

function walk(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, position: 0, pending: null };
  for (const word of words) place = step(place, word);
  return place;
}

function step({ command, position, pending }: Place, word: string): Place {
  if (pending !== null) return { command, position, pending: null };
  if (word.startsWith('-')) {
    const option = word.includes('=') ? undefined : findOption(command, word);
    return { command, position, pending: option?.required === true ? option : null };
  }
  const child = command.commands.find((candidate) => candidate.name() === word);
  return child === undefined
    ? { command, position: position + 1, pending: null }
    : { command: child, position: 0, pending: null };
}

function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp();
  return command.parent === null
    ? help.visibleOptions(command)
    : [
        ...help.visibleOptions(command),
        ...command.parent.options.filter((option) => option.long === '--json'),
      ];
}

function findOption(command: Command, flag: string): Option | undefined {
  return optionsOf(command).find((option) => option.short === flag || option.long === flag);
}

function optionItem(option: Option): CompletionItem {
  return { name: option.long ?? option.short ?? '', description: option.description };
}

function valuesOf(option: Option, typed: string, prefix: string): Completion {
  if (option.argChoices !== undefined) return choices(option.argChoices, typed, prefix);
  return isPath(option.flags) ? { kind: 'files' } : NOTHING;
}

function argumentValues(argument: Argument, typed: string): Completion {
  if (argument.argChoices !== undefined) return choices(argument.argChoices, typed, '');
  return isPath(argument.name()) ? { kind: 'files' } : NOTHING;
}

/** By convention a placeholder that is a path is called `file` or `dir`. */
function isPath(placeholder: string): boolean {
  return /\b(file|dir)\b/.test(placeholder);
}

function choices(names: readonly string[], typed: string, prefix: string): Completion {
  return matching(
    names.map((name) => ({ name: `${prefix}${name}`, description: '' })),
    typed,
  );
}

function matching(items: readonly CompletionItem[], typed: string): Completion {
  return { kind: 'words', items: items.filter((item) => item.name.startsWith(typed)) };
}
