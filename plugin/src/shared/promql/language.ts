import type { Monaco, monacoTypes } from '@grafana/ui';
import { FUNCTIONS, placeAt, suggest, type Names } from './completion.js';

export const LANGUAGE = 'kymo-promql';

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
}

/** Lets an editor complete names, until what is returned is disposed of. */
export function completeFrom(
  model: monacoTypes.editor.ITextModel,
  names: Names,
  monaco: Monaco,
): monacoTypes.IDisposable {
  // Monaco asks by language, which several datasources share: so only for this one text.
  const selector = { language: LANGUAGE, pattern: model.uri.fsPath };
  return monaco.languages.registerCompletionItemProvider(selector, {
    triggerCharacters: ['{', '(', '[', '"', ','],
    provideCompletionItems: async (text, position) => {
      const { lineNumber, column } = position;
      const before = text.getValueInRange(new monaco.Range(1, 1, lineNumber, column));
      const word = text.getWordUntilPosition(position);
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
        suggestions: found.map(({ text: label, kind }) => ({
          label,
          insertText: label,
          kind: icons[kind],
          range,
        })),
      };
    },
  });
}
