import type { Monaco, monacoTypes } from '@grafana/ui';
import { FUNCTIONS, placeAt, suggest, type Names } from './completion.js';

export const LANGUAGE = 'kymo-promql';

/** Where the names of an editor's text come from: Monaco asks by language, not by editor. */
const namesOf = new WeakMap<monacoTypes.editor.ITextModel, Names>();

/** Lets an editor complete the names of a datasource. */
export function completeFrom(model: monacoTypes.editor.ITextModel, names: Names): void {
  namesOf.set(model, names);
}

/** Makes PromQL known to Grafana's code editor, once. */
export function registerPromql(monaco: Monaco): void {
  if (monaco.languages.getLanguages().some(({ id }) => id === LANGUAGE)) return;
  monaco.languages.register({ id: LANGUAGE });
  monaco.languages.setLanguageConfiguration(LANGUAGE, {
    wordPattern: /[a-zA-Z_:][\w:]*/,
    comments: { lineComment: '#' },
    brackets: [
      ['{', '}'],
      ['[', ']'],
      ['(', ')'],
    ],
    autoClosingPairs: ['{}', '[]', '()', '""'].map(([open, close]) => ({ open, close })),
  });
  monaco.languages.setMonarchTokensProvider(LANGUAGE, {
    functions: FUNCTIONS,
    keywords: [
      ...['by', 'without', 'on', 'ignoring', 'group_left', 'group_right', 'offset', 'bool'],
      ...['and', 'or', 'unless', 'start', 'end', 'inf', 'nan'],
    ],
    tokenizer: {
      root: [
        [/#.*$/, 'comment'],
        [/\$\w+|\$\{\w+(:\w+)?\}/, 'variable'],
        [/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/, 'string'],
        [/\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*/, 'number'],
        [/0x[\da-fA-F]+|\d*\.?\d+(?:[eE][+-]?\d+)?/, 'number'],
        [
          /[a-zA-Z_:][\w:]*/,
          { cases: { '@keywords': 'keyword', '@functions': 'type', '@default': 'identifier' } },
        ],
        [/=~|!~|!=|==|>=|<=|[-+*/%^<>=@]/, 'operator'],
        [/[{}()[\]]/, '@brackets'],
      ],
    },
  });
  monaco.languages.registerCompletionItemProvider(LANGUAGE, {
    triggerCharacters: ['{', '(', '[', '"', ','],
    provideCompletionItems: async (model, position) => {
      const names = namesOf.get(model);
      if (names === undefined) return { suggestions: [] };
      const { lineNumber, column } = position;
      const before = model.getValueInRange(new monaco.Range(1, 1, lineNumber, column));
      const word = model.getWordUntilPosition(position);
      const range = new monaco.Range(lineNumber, word.startColumn, lineNumber, word.endColumn);
      // Completing is a convenience: where names cannot be had there are none.
      const found = await suggest(placeAt(before), names).catch(() => []);
      const { CompletionItemKind: kinds } = monaco.languages;
      const icons = {
        metric: kinds.Variable,
        function: kinds.Function,
        label: kinds.Field,
        value: kinds.Value,
        duration: kinds.Unit,
      };
      return {
        suggestions: found.map(({ text, kind }) => ({
          label: text,
          insertText: text,
          kind: icons[kind],
          range,
        })),
      };
    },
  });
}
